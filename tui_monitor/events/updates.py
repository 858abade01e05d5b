"""The events: each one thing that a source saw."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events.values import (
    MAIN,
    AgentStatus,
    CallState,
    Change,
    CompactionRule,
    Measure,
    Rank,
    Rates,
    SessionKey,
    SourceRef,
    Tokens,
    ToolKind,
    Turn,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events have: the session, the agent in it, the time."""

    session: SessionKey
    agent: str = MAIN
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUpdate(Event):
    """Facts about a session; an empty field says nothing and leaves what is known."""

    cwd: str = ""
    branch: str = ""
    version: str = ""
    title: str = ""
    path: str = ""
    mode: str = ""
    client: str = ""
    forked_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentUpdate(Event):
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
    """One observation of one model response's token counts.

    Two observations with a common entry in ``strong_ids`` are the same response; a common entry in ``weak_ids`` (a
    request id alone, a message id within its session) merges them unless both have a strong id (``has_strong_id``).
    ``reported_cost`` is the source's own figure in picodollars, ``rates`` what the feed looked up.
    """

    strong_ids: tuple[str, ...]
    weak_ids: tuple[str, ...] = ()
    has_strong_id: bool = True
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
class SessionTotalUpdate(Event):
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
    ref: SourceRef | None = None
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
    ref: SourceRef | None = None
    exact: bool = True

    @property
    def precedence(self) -> tuple[bool, bool, int]:
        """How well it tells what became of the call: the greatest wins. An end does over none, then the later one."""
        return self.exact, self.state.ended, self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Event):
    """A person (or the parent agent) asked for something."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMessage(Event):
    """The agent said something in words. ``thinking`` when it said it to itself."""

    text: str
    thinking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnUpdate(Event):
    """A turn began or ended."""

    turn: Turn
    duration_ms: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextUpdate(Event):
    """Tokens in an agent's context window by the agent's own count; None means unknown until the next response.

    ``limit`` is the size of the window, ``limit_source`` where that figure is from if the source does not report it;
    ``compaction_rule`` is set where it differs from the agent's usual one, and by the feed otherwise.
    """

    tokens: int | None
    limit: int | None = None
    limit_source: str = ""
    model: str = ""
    compaction_rule: CompactionRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactionUpdate(Event):
    """A context was compacted, or (``done`` false) is about to be. Token counts are None where not told;
    ``trimmed`` is what a partial compaction took away."""

    done: bool = True
    trigger: str = ""
    before: int | None = None
    after: int | None = None
    trimmed: int | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryUpdate(Event):
    """A call to the model failed: it is retried in ``wait_ms``, or (None) was given up."""

    reason: str = ""
    attempt: int = 0
    attempts: int = 0
    wait_ms: int | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanUpdate(Event):
    """The agent's own list of steps: how many are done, and which one is under way."""

    done: int
    total: int
    now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUpdate(Event):
    """The agent waits for a person (``reason`` says what for), or no longer does."""

    waiting: bool
    reason: str = ""
    call: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitUpdate(Event):
    """A rate-limit window of the person's plan: how much of it is used, and when it starts anew."""

    name: str
    used_percent: float
    window_minutes: int | None = None
    resets_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRequest(Event):
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
class MetricSample(Event):
    """One value of a custom metric."""

    uid: str
    name: str
    value: float
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine(Event):
    """A line of an agent's log."""

    uid: str
    text: str
    level: str = ""
