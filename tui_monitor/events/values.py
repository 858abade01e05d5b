"""What events are made of: names, places, counts, prices, and the words for what became of things."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple

MAIN = ""
"""The agent id of a session's own, top-level chain."""

PICO = 10**12
"""Picodollars in a dollar."""

ASSUMED_LIMIT_SOURCES = ("assumed", "price list")
"""Who says how large a context window is without having seen it (``limit_source``)."""

SAME_RESPONSE_MS = 10_000
"""Who tells of an answer longer before another one does tells of an earlier one."""


class SessionKey(NamedTuple):
    """Identity of a session: the name of the source's format and the session id that stands in its lines."""

    source: str
    id: str


class SourceRef(NamedTuple):
    """Where the full text stands: ``length`` bytes from ``offset`` of the file ``path``."""

    path: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token counts of one or more responses.

    ``input`` excludes cache reads and writes, ``cache_creation_1h`` is the part of ``cache_creation`` kept for
    an hour (never more than it), ``reasoning`` is the part of ``output`` spent thinking.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_creation: int = 0
    cache_creation_1h: int = 0
    reasoning: int = 0

    @property
    def total(self) -> int:
        """Everything that was read, written or produced, each token once."""
        return self.input + self.output + self.cache_read + self.cache_creation

    @property
    def prompt(self) -> int:
        """What was sent to the model: fresh input and everything that went through the cache."""
        return self.input + self.cache_read + self.cache_creation


@dataclass(frozen=True, slots=True)
class Rates:
    """The price of one response's tokens: picodollars for one token of each kind, for a search, for the request.

    Where nobody knows the price of a search (``searches_known`` false) the cost of a response with searches is a lower
    bound.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_creation: int = 0
    cache_creation_1h: int = 0
    web_search: int = 0
    request: int = 0
    searches_known: bool = True

    def cost(self, tokens: Tokens, web_searches: int = 0) -> int:
        """The price of one response, in picodollars."""
        long_writes = min(tokens.cache_creation_1h, tokens.cache_creation)
        return (
            tokens.input * self.input
            + tokens.output * self.output
            + tokens.cache_read * self.cache_read
            + (tokens.cache_creation - long_writes) * self.cache_creation
            + long_writes * self.cache_creation_1h
            + web_searches * self.web_search
            + self.request
        )


class Rank(IntEnum):
    """How well a source knows the numbers of a response; the higher wins, the output is always the largest seen.

    Below ``FINAL`` the numbers are a lower bound.
    """

    PLACEHOLDER = 0  # told when the response began, before it had any output
    PARTIAL = 1  # told when it was complete, but not all of its numbers
    FINAL = 2  # told when it was complete, by a transcript or by the last delta of a stream
    EXPORTED = 3  # told by the agent's own telemetry


class CompactionRule(NamedTuple):
    """The number of tokens at which an agent compacts a context: a share of its window, less a reserve in tokens."""

    numerator: int = 1
    denominator: int = 1
    reserve: int = 0

    def threshold(self, limit: int) -> int:
        """Return the tokens at which a window of ``limit`` tokens is compacted."""
        return limit * self.numerator // self.denominator - self.reserve


@dataclass(frozen=True, slots=True)
class WindowPolicy:
    """The context windows, in tokens, with which an agent runs models where it does not report them.

    ``assumed`` is its usual window, None where it has no rule of its own; ``sizes`` are all windows that it offers, in
    ascending order, empty where they depend on the model alone.
    """

    assumed: int | None = None
    sizes: tuple[int, ...] = ()


NO_WINDOW_POLICY = WindowPolicy()
"""The windows depend on the model alone."""


class ToolKind(StrEnum):
    """What a tool does, whatever an agent calls it."""

    SHELL = "shell"
    READ = "read"
    EDIT = "edit"
    WRITE = "write"
    SEARCH = "search"
    WEB = "web"
    AGENT = "agent"
    TODO = "todo"
    ASK = "ask"
    PLAN = "plan"
    MCP = "mcp"
    WAIT = "wait"
    OTHER = "other"


class CallState(StrEnum):
    """What became of a tool call."""

    OPEN = "open"
    BACKGROUND = "background"  # answered at once, goes on by itself
    OK = "ok"
    FAILED = "failed"
    SLIPPED = "slipped"  # refused by the agent's own checks before it ran; counts as failed
    REJECTED = "rejected"  # the person said no
    INTERRUPTED = "interrupted"  # the person stopped it; counts as rejected

    @property
    def ended(self) -> bool:
        """Whether nothing more is to come."""
        return self not in (CallState.OPEN, CallState.BACKGROUND)

    @property
    def failed(self) -> bool:
        """Whether it counts as a failure."""
        return self in (CallState.FAILED, CallState.SLIPPED)

    @property
    def rejected(self) -> bool:
        """Whether a person refused or stopped it."""
        return self in (CallState.REJECTED, CallState.INTERRUPTED)


class ChangeKind(StrEnum):
    """What a tool did to a file."""

    CREATE = "create"
    MODIFY = "modify"
    DELETE = "delete"
    RENAME = "rename"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Change:
    """One file changed by one call. ``diff`` holds unified hunks (``@@ … @@`` and prefixed lines, no file header)."""

    kind: ChangeKind
    path: str
    diff: str = ""
    added: int = 0
    removed: int = 0
    old_path: str = ""
    lines: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """The size of a result in the tool's own unit, e.g. ``12 files``; the unit is plural."""

    count: int
    unit: str
    of: int | None = None


class AgentStatus(StrEnum):
    """The life of an agent, in the documents' words."""

    STARTING = "starting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    TERMINATED = "terminated"


class Turn(StrEnum):
    """The moments of a turn that a source tells exactly."""

    STARTED = "started"
    DONE = "done"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    SESSION_ENDED = "session_ended"
