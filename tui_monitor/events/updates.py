"""The events of sessions, agents, turns, model responses and contexts, which sources emit."""

from __future__ import annotations

from dataclasses import field, replace

from tui_monitor.events.immutable import immutable
from tui_monitor.events.values import (
    ASSUMED,
    MAIN,
    AgentStatus,
    CompactionRule,
    Rank,
    Rates,
    SessionKey,
    Tokens,
    Turn,
)

FINAL_AFTER_MS = 20_000
"""Silence after which a message was likely the last one of its turn, where nothing else is known of it."""


@immutable(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events: the session, the agent in it, the time."""

    session: SessionKey
    agent: str = MAIN
    at: int = 0


@immutable(frozen=True, slots=True, kw_only=True)
class SessionUpdate(Event):
    """Facts about a session; empty fields leave earlier values unchanged.

    ``path`` is the file with its main chain, ``version`` that of the agent's program, ``mode`` its permission mode,
    ``client`` the program through which it was started, ``forked_from`` the id of the session that it continues.
    """

    cwd: str = ""
    branch: str = ""
    version: str = ""
    title: str = ""
    path: str = ""
    mode: str = ""
    client: str = ""
    forked_from: str = ""


@immutable(frozen=True, slots=True, kw_only=True)
class AgentUpdate(Event):
    """Facts about an agent of a session; empty fields leave earlier values unchanged.

    ``internal`` agents are started by the program itself (compaction, side questions): their usage counts, but they are
    not shown as agents.
    """

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


@immutable(frozen=True, slots=True, kw_only=True)
class Usage(Event):
    """One observation of one model response's token counts.

    Two observations with a common entry in ``strong_ids`` are the same response; a common entry in ``weak_ids`` (a
    request id alone, a message id within its session) merges them unless both have a strong id (``has_strong_id``).
    ``engine`` is the program that ran the model for the agent, ``operation`` the purpose of the request (empty: the
    conversation itself), ``plan`` and ``task`` the caller's own labels. ``service_tier``, ``speed`` and ``region`` are
    terms of the request that change its price. ``reported_cost`` is the source's own figure in picodollars, ``rates``
    what the feed looked up; ``ttft_ms`` is the time to the first token. ``copied_from`` is the session that likely was
    billed for it, if it seems to be a copy: it is the owner as long as that session's own files are not read.
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
    copied_from: SessionKey | None = None

    @property
    def priced_prompt(self) -> int:
        """Tokens of the prompt that its price depends on: that of a sum are the prompts of many requests."""
        return 0 if self.rank is Rank.SUM else self.tokens.prompt


@immutable(frozen=True, slots=True, kw_only=True)
class SpanUpdate(Event):
    """The place of a span in its trace, by which usage that several spans describe counts once.

    ``span`` and ``parent`` (of the span around it; empty for a root) are strong ids, also of the usage of a span with
    ``tokens``: a response, or if ``is_sum`` the run of an agent, whose usage has the rank of a sum. It lasted from
    ``began`` to ``ended``.
    """

    trace: str
    span: str
    parent: str = ""
    began: int = 0
    ended: int = 0
    tokens: Tokens | None = None
    is_sum: bool = False


@immutable(frozen=True, slots=True, kw_only=True)
class ModelRequest(Event):
    """A request that was sent to the model: until its response or a failure comes, the model is at work.

    ``request`` is its id in the source. ``operation`` is empty for the conversation itself, else what the request is
    for (a title, a summary). ``attempt`` counts the requests since the last response: above 1 earlier ones had none.
    Where it ``lasts``, the source records every end, as a request that has ``ended``; outputs of others are none.
    """

    request: str
    model: str = ""
    operation: str = ""
    effort: str = ""
    attempt: int = 1
    lasts: bool = False
    ended: bool = False


@immutable(frozen=True, slots=True, kw_only=True)
class ContextPart(Event):
    """A part of every request of an agent, before the conversation: system prompt, tools, skills …

    ``chars`` are its characters, ``items`` the number of its tools or skills, None for a part without any. ``tokens``
    is its size where the agent itself counts it. A part of a part, such as one skill, names that as its ``group``; it
    counts while it is no older than the group. ``problem`` says why a server is not there.
    """

    name: str
    chars: int
    items: int | None = None
    group: str = ""
    tokens: int | None = None
    problem: str = ""

    @property
    def key(self) -> str:
        """The name under which the latest is kept: a part counted by the agent is kept beside a measured one."""
        return f"{self.group}/{self.name}" + ("" if self.tokens is None else "#")


@immutable(frozen=True, slots=True, kw_only=True)
class CompactionSummary(Event):
    """The text that replaced a conversation when it was compacted."""

    text: str


@immutable(frozen=True, slots=True, kw_only=True)
class SessionTotalUpdate(Event):
    """A cumulative total that a source reports. Only the part beyond the session's responses before ``until`` counts,
    to which later responses are added; without that time (0) it covers all responses.

    ``run`` identifies the total as ``reporter:part``, or is empty for one of the whole session. The parts of one
    reporter (the processes of a statusline, the series of a metric) add up to the session; different reporters describe
    the same spending, so the largest counts, and so does the largest report of one part. A reporter of one subject only
    (a model's output, say) is ``subject@reporter:part``: subjects add up. None means unknown. ``prompt`` is the input
    with what went through caches, of which ``tokens`` may report a part by class. A total
    that ``inherits`` contains what a fork's parents spent. ``list_priced`` are models with the tokens of each whose
    cost the source does not know; ``listed_cost`` is the least that the feed looked up for them, on top of ``cost``. If
    ``is_partial``, the source leaves usage out of its records, so that without a later total the session's sum is a
    lower bound; if ``is_lower_bound``, it is one whatever else is reported. ``covered_by`` is another session whose
    totals include what this one spends: a process whose metrics do not say to which conversation they belong.
    """

    cost: int | None = None
    tokens: Tokens | None = None
    prompt: int | None = None
    run: str = ""
    until: int = 0
    inherits: bool = False
    list_priced: tuple[tuple[str, Tokens], ...] = ()
    listed_cost: int | None = None
    is_partial: bool = False
    is_lower_bound: bool = False
    covered_by: SessionKey | None = None


@immutable(frozen=True, slots=True, kw_only=True)
class Prompt(Event):
    """Prompt of a person, or of the parent agent."""

    text: str


@immutable(frozen=True, slots=True, kw_only=True)
class AgentMessage(Event):
    """Text or (``thinking``) reasoning of the agent.

    After ``final_after_ms`` of silence it likely was the last one of its turn; None if more must follow it. Such a
    message without any ``text`` is a response that asks for calls which its source records once they are over.
    """

    text: str
    thinking: bool = False
    final_after_ms: int | None = FINAL_AFTER_MS


@immutable(frozen=True, slots=True, kw_only=True)
class TurnUpdate(Event):
    """Start or end of a turn. ``pending`` are the agents and workflows that run on in the background after its end;
    None if the source does not say."""

    turn: Turn
    duration_ms: int | None = None
    reason: str = ""
    pending: int | None = None


@immutable(frozen=True, slots=True, kw_only=True)
class ContextUpdate(Event):
    """Tokens in an agent's context window by the agent's own count; None means unknown until the next response.

    ``limit`` is the size of the window, ``limit_source`` where that figure is from if the source does not report it,
    ``guessed_limit`` the source's own guess that the feed replaced by such a figure. ``compaction_rule`` is set where
    it differs from the agent's usual one, and by the feed otherwise. ``base`` is the number of tokens that the agent's
    own percentage leaves out, both of the window and of its content. ``position`` is where its line begins in its file,
    set by the reader: it decides between updates of one instant.
    """

    tokens: int | None
    limit: int | None = None
    limit_source: str = ""
    guessed_limit: int | None = None
    model: str = ""
    compaction_rule: CompactionRule | None = None
    base: int = 0
    position: int = field(default=0, compare=False)

    @property
    def as_read(self) -> ContextUpdate:
        """The update without the figure that the feed added."""
        if not self.limit_source:
            return self
        source = "" if self.guessed_limit is None else ASSUMED
        return replace(self, limit=self.guessed_limit, limit_source=source, guessed_limit=None)


@immutable(frozen=True, slots=True, kw_only=True)
class CompactionUpdate(Event):
    """Compaction of a context; ``finished`` is false when it begins. Unknown token counts are None.

    ``trimmed`` is the number of tokens that a partial compaction removed. One that ``failed`` is over, and has changed
    nothing.
    """

    finished: bool = True
    failed: bool = False
    trigger: str = ""
    before: int | None = None
    after: int | None = None
    trimmed: int | None = None
    duration_ms: int | None = None


@immutable(frozen=True, slots=True, kw_only=True)
class RetryUpdate(Event):
    """Failed request to the model: retried in ``wait_ms``, or abandoned if that is None.

    ``is_rate_limit`` if a limit of the person's plan is used up, ``resets_at`` is when it no longer is (0: unknown).
    ``failed_at`` is the time of an update with the same reason about the same failure, which this one replaces (0: of
    none).
    """

    reason: str = ""
    attempt: int = 0
    attempts: int = 0
    wait_ms: int | None = None
    status: int | None = None
    is_rate_limit: bool = False
    resets_at: int = 0
    failed_at: int = 0


@immutable(frozen=True, slots=True, kw_only=True)
class HookFailure(Event):
    """A person's own hook that did not succeed: its command, the ``occasion`` on which it ran, what it wrote. If it
    ``blocked``, it has kept the agent from going on, which may be its purpose. Exit status and duration are None where
    no source states them."""

    hook: str
    occasion: str = ""
    error: str = ""
    exit_code: int | None = None
    duration_ms: int | None = None
    blocked: bool = False


@immutable(frozen=True, slots=True, kw_only=True)
class HookSuccess(Event):
    """A person's own hook that succeeded: its command, the ``occasion`` on which it ran, and how long it took (None:
    no source states it)."""

    hook: str
    occasion: str = ""
    duration_ms: int | None = None


@immutable(frozen=True, slots=True, kw_only=True)
class PlanUpdate(Event):
    """The agent's own list of steps: completed ones, all, and the step under way."""

    completed: int
    total: int
    now: str = ""


@immutable(frozen=True, slots=True, kw_only=True)
class WaitUpdate(Event):
    """Start (``waiting``) or end of waiting for a person. ``certain`` is false where the source does not record that
    the person has answered. Where it ``lasts``, the source records every end, so that results of other calls are none.
    """

    waiting: bool
    reason: str = ""
    call: str = ""
    certain: bool = True
    lasts: bool = False


@immutable(frozen=True, slots=True, kw_only=True)
class RateLimitUpdate(Event):
    """Rate-limit window of the person's plan: its usage, and the time of its next reset."""

    name: str
    used_percent: float
    window_minutes: int | None = None
    resets_at: int | None = None
