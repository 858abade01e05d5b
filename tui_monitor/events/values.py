"""Values that events consist of: identities, references, token counts, prices and enumerations."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from fnmatch import fnmatchcase
from typing import NamedTuple

from tui_monitor.events.immutable import immutable

MAIN = ""
"""The agent id of a session's own, top-level chain."""

PICO = 10**12
"""Picodollars in a dollar."""

ASSUMED = "assumed"
ASSUMED_LIMIT_SOURCES = (ASSUMED, "price list")
"""The values of ``limit_source`` for window sizes that are inferred, not reported."""

SAME_RESPONSE_MS = 10_000
"""Observations without a common id that are further apart than this are of different responses."""


class SessionKey(NamedTuple):
    """Identity of a session: the name of the agent's format, and the session id in its lines."""

    source: str
    id: str


class SourceRef(NamedTuple):
    """Location of a full text: ``length`` bytes from ``offset`` of the file ``path``."""

    path: str
    offset: int
    length: int


@immutable(frozen=True, slots=True)
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
        """All tokens read, written or generated, each counted once."""
        return self.input + self.output + self.cache_read + self.cache_creation

    @property
    def prompt(self) -> int:
        """Tokens sent to the model: uncached input, cache reads and cache writes."""
        return self.input + self.cache_read + self.cache_creation


@immutable(frozen=True, slots=True)
class Rates:
    """Prices of one response in picodollars: per token of each kind, per search, per request.

    If ``searches_known`` is false the price of a search is unknown, and costs of responses with searches are lower
    bounds. If ``terms_known`` is false these are the standard prices of a request whose own terms (a tier, a speed)
    cost more, nobody knows how much: all costs are lower bounds.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_creation: int = 0
    cache_creation_1h: int = 0
    web_search: int = 0
    request: int = 0
    searches_known: bool = True
    terms_known: bool = True

    def cost(self, tokens: Tokens, web_searches: int = 0) -> int:
        """Return the cost of one response in picodollars."""
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
    """Precedence of token counts: those of the highest rank win; without a ``FINAL`` one the largest output is kept.

    Below ``EXPORTED`` the counts are a lower bound. Telemetry completes what the agent's own files leave open, and
    never changes what they state.
    """

    PLACEHOLDER = 0  # written when the response began, before it had any output
    PARTIAL = 1  # written when the response was complete, without some of its counts
    EXPORTED = 2  # from telemetry
    FINAL = 3  # written when the response was complete, by a transcript or by the last delta of a stream
    SUM = 4  # of several responses: no request, and counts what they do not have


class CompactionRule(NamedTuple):
    """The number of tokens at which an agent compacts a context: a share of its window, less a reserve in tokens."""

    numerator: int = 1
    denominator: int = 1
    reserve: int = 0

    def threshold(self, limit: int) -> int:
        """Return the tokens at which a window of ``limit`` tokens is compacted."""
        return limit * self.numerator // self.denominator - self.reserve


@immutable(frozen=True, slots=True)
class WindowPolicy:
    """The context windows, in tokens, with which an agent runs models where it does not report them.

    ``by_model`` are windows of models (``*`` is a wildcard; the first match counts), ``assumed`` is that of all others,
    None where the agent has no rule of its own; ``sizes`` are all windows that it offers, in ascending order, empty
    where they depend on the model alone.
    """

    assumed: int | None = None
    sizes: tuple[int, ...] = ()
    by_model: tuple[tuple[str, int], ...] = ()

    def window_of(self, model: str) -> int | None:
        """Return the window with which the agent runs a model; None if it has no rule for it."""
        name = model.lower()
        return next((size for pattern, size in self.by_model if fnmatchcase(name, pattern)), self.assumed)


NO_WINDOW_POLICY = WindowPolicy()
"""The windows depend on the model alone."""


class ToolKind(StrEnum):
    """The purpose of a tool, independent of its name."""

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
    """Result of a tool call."""

    OPEN = "open"
    BACKGROUND = "background"  # answered at once, still running
    OK = "ok"
    FAILED = "failed"
    SLIPPED = "slipped"  # refused by the agent's own checks before it ran; counts as failed
    REFUSED = "refused"  # by a rule, or for want of a permission, before it ran; counts as failed
    SKIPPED = "skipped"  # not run, as another call of the same message failed; its result is an error: counts as failed
    REJECTED = "rejected"  # declined by the person
    INTERRUPTED = "interrupted"  # stopped by the person; counts as rejected

    def __init__(self, value: str) -> None:
        # Attributes, as they are read of every row of the log at every change.
        self.ended = value not in ("open", "background")
        """True for final states."""
        self.failed = value in ("failed", "slipped", "refused", "skipped")
        """True for states that count as failures."""
        self.rejected = value in ("rejected", "interrupted")
        """True if a person declined or stopped the call."""


class ChangeKind(StrEnum):
    """Kind of access to a file."""

    CREATE = "create"
    MODIFY = "modify"
    DELETE = "delete"
    RENAME = "rename"
    READ = "read"


UNCOUNTED_KINDS = (ChangeKind.MODIFY, ChangeKind.DELETE)
"""The kinds of a change that hardly ever changes no line: one without any is one whose lines are not known."""


@immutable(frozen=True, slots=True)
class Change:
    """A file changed or read by a call. ``diff`` holds unified hunks (``@@ … @@`` and prefixed lines, no file header).

    ``lines`` is the first and last line affected, as far as known.
    """

    kind: ChangeKind
    path: str
    diff: str = ""
    added: int = 0
    removed: int = 0
    old_path: str = ""
    lines: tuple[int, int] | None = None

    @property
    def is_uncounted(self) -> bool:
        """True if its source does not say how many lines it changed: sums with it are lower bounds."""
        return self.kind in UNCOUNTED_KINDS and not (self.added or self.removed)


@immutable(frozen=True, slots=True)
class Measure:
    """The size of a result in the tool's own unit, such as ``12 files``; ``unit`` is plural, ``of`` the size of the
    whole if only a part was returned."""

    count: int
    unit: str
    of: int | None = None


class AgentStatus(StrEnum):
    """State of an agent's life cycle."""

    STARTING = "starting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    TERMINATED = "terminated"


class Turn(StrEnum):
    """Boundaries of a turn that a source reports explicitly."""

    STARTED = "started"
    DONE = "done"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    SESSION_ENDED = "session_ended"
