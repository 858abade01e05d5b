"""The vocabulary every room speaks: what a source saw, as frozen values of the standard library alone.

Sources make these, the feed prices them, the store keeps them, live state and views read them. Units are the
same everywhere: times are UTC epoch milliseconds (0 where the source tells none), durations milliseconds,
money integer picodollars (10**-12 US dollar), token counts exclude one another unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NamedTuple

MAIN = ""
"""The agent id of a session's own, top-level chain."""

PICO = 10**12
"""Picodollars in a dollar."""

GUESSES = ("assumed", "price list")
"""Who says how large a context window is without having seen it (``limit_source``)."""

SAME_ANSWER_MS = 10_000
"""Who tells of an answer longer before another one does tells of an earlier one."""


class SessionKey(NamedTuple):
    """Identity of a session: the name of the source's format and the session id that stands in its lines."""

    source: str
    id: str


class Ref(NamedTuple):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events have: the session, the agent in it, the time."""

    session: SessionKey
    agent: str = MAIN
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSeen(Event):
    """Facts about a session; an empty field says nothing and leaves what is known."""

    cwd: str = ""
    branch: str = ""
    version: str = ""
    title: str = ""
    path: str = ""
    mode: str = ""
    client: str = ""
    forked_from: str = ""


class AgentStatus(StrEnum):
    """The life of an agent, in the documents' words."""

    STARTING = "starting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSeen(Event):
    """Facts about an agent of a session; an empty field says nothing. ``internal`` agents are no one's doing
    but the program's own (compaction, asides): their spend counts, they are not shown as agents."""

    parent: str | None = None
    call: str = ""
    type: str = ""
    description: str = ""
    model: str = ""
    status: AgentStatus | None = None
    started: int | None = None
    ended: int | None = None
    exit_code: int | None = None
    error: str = ""
    log_file: str = ""
    process_id: int | None = None
    plan: str = ""
    task: str = ""
    category: str = ""
    internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage(Event):
    """One sighting of one model response's token counts.

    Any common entry of ``aliases`` makes two sightings one response. ``hints`` are weaker names (a request id alone,
    a message id within its session): a common one joins too, unless both sides are ``anchored``, that is, each is told
    under a full name of its own. ``reported_cost`` is what the source itself says, ``rates`` what the feed found.
    """

    aliases: tuple[str, ...]
    hints: tuple[str, ...] = ()
    anchored: bool = True
    model: str = ""
    provider: str = ""
    engine: str = ""
    tokens: Tokens = Tokens()
    rank: Rank = Rank.FINAL
    operation: str = ""
    web_searches: int = 0
    service_tier: str = ""
    speed: str = ""
    region: str = ""
    reported_cost: int | None = None
    rates: Rates | None = None
    duration_ms: int | None = None
    ttft_ms: int | None = None
    plan: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTotal(Event):
    """What a source says was spent in all, so far; it never replaces responses: only what it shows beyond their sum
    counts. None says nothing.

    ``run`` names what the total is of, as ``teller:part``: the parts of one teller (the processes of a statusline, the
    series of a measurement) add up to the session, those who tell of the same session tell of the same spending, and
    of one part the largest stands. It is empty for a total of the whole session.
    """

    cost: int | None = None
    tokens: Tokens | None = None
    run: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted(Event):
    """A tool call was issued. ``subject`` is what it acts on (command, path, pattern, question), ``note`` a second
    thing worth telling, ``input`` its arguments as JSON text. ``uid`` names the line that told it: copies of
    a history keep it, so that a call is counted once. ``exact`` is false where it is told by telemetry, which may not
    know whose call it was: then who tells it exactly is believed, and ``agent`` says nothing if it is `MAIN`."""

    call: str
    uid: str
    tool: str
    kind: ToolKind
    subject: str = ""
    note: str = ""
    input: str = ""
    parent: str = ""
    model: str = ""
    timeout_ms: int | None = None
    ref: Ref | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CallProgress(Event):
    """A sign of life of an open call: ``doing`` says what, ``elapsed_ms`` how long it has really run."""

    call: str
    doing: str = ""
    elapsed_ms: int | None = None
    lines: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFinished(Event):
    """A tool call has a result; told again for the same call, the later telling wins.

    ``duration_ms`` is set where the source measured it, else the difference of the two times is meant. ``exact`` is
    false where it is told by telemetry: that never wins over who tells it exactly, but adds what is missing there.
    """

    call: str
    state: CallState
    output: str = ""
    error: str = ""
    duration_ms: int | None = None
    exit_code: int | None = None
    measure: Measure | None = None
    changes: tuple[Change, ...] = ()
    tokens: Tokens | None = None
    approved: bool | None = None
    approval: str = ""
    metadata: str = ""
    ref: Ref | None = None
    exact: bool = True

    @property
    def standing(self) -> tuple[bool, bool, int]:
        """How well it tells what became of the call: the greatest wins. An end does over none, then the later one."""
        return self.exact, self.state.ended, self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Event):
    """A person (or the parent agent) asked for something."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Event):
    """The agent said something in words. ``thinking`` when it said it to itself."""

    text: str
    thinking: bool = False


class Turn(StrEnum):
    """The moments of a turn that a source tells exactly."""

    STARTED = "started"
    DONE = "done"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    SESSION_ENDED = "session_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSeen(Event):
    """A turn began or ended."""

    turn: Turn
    duration_ms: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextSeen(Event):
    """Tokens in an agent's context window as the agent itself counts them; None is "not known until the next
    response". ``limit`` is set when the source tells it, ``limit_source`` says who set it otherwise."""

    tokens: int | None
    limit: int | None = None
    limit_source: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactionSeen(Event):
    """A context was compacted, or (``done`` false) is about to be. Token counts are None where not told;
    ``trimmed`` is what a partial compaction took away."""

    done: bool = True
    trigger: str = ""
    before: int | None = None
    after: int | None = None
    trimmed: int | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySeen(Event):
    """A call to the model failed: it is retried in ``wait_ms``, or (None) was given up."""

    reason: str = ""
    attempt: int = 0
    attempts: int = 0
    wait_ms: int | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSeen(Event):
    """The agent's own list of steps: how many are done, and which one is under way."""

    done: int
    total: int
    now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitSeen(Event):
    """The agent waits for a person (``reason`` says what for), or no longer does."""

    waiting: bool
    reason: str = ""
    call: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSeen(Event):
    """A rate-limit window of the person's plan: how much of it is used, and when it starts anew."""

    name: str
    used_percent: float
    window_minutes: int | None = None
    resets_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSeen(Event):
    """One request to an endpoint of a monitored service."""

    uid: str
    endpoint: str
    method: str = ""
    status: int | None = None
    duration_ms: float | None = None
    model: str = ""
    tokens: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSeen(Event):
    """One value of a custom metric."""

    uid: str
    name: str
    value: float
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSeen(Event):
    """A line of an agent's log."""

    uid: str
    text: str
    level: str = ""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a source has been read: all that is needed to go on from there, or to see that it is another file.

    ``source`` is the identity (for files device, inode and the hash of a prefix of recorded length), ``cursor``
    opaque to all but the source, ``state`` the adapter's own parser state as JSON text.
    """

    source: str
    path: str
    adapter: str
    version: int
    cursor: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What reading met: lines read, lines that could not be read, lines of unknown type."""

    lines: int = 0
    skipped: int = 0
    unknown: int = 0
    errors: tuple[str, ...] = ()

    def __add__(self, other: Health) -> Health:
        return Health(
            self.lines + other.lines,
            self.skipped + other.skipped,
            self.unknown + other.unknown,
            self.errors + other.errors,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """What one read of one source brought: the cursor it began at (``""`` for the start), events, the checkpoint."""

    before: str
    after: Checkpoint
    events: tuple[Event, ...] = ()
    health: Health = field(default_factory=Health)
