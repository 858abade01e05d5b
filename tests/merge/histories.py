"""Random histories of a few sessions: events of all kinds in any order, repeated, with times that contradict it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from tui_monitor.events import (
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    Change,
    ChangeKind,
    CompactionRule,
    CompactionSummary,
    CompactionUpdate,
    ContextPart,
    ContextUpdate,
    EndpointRequest,
    Event,
    HookFailure,
    HookSuccess,
    LogLine,
    Measure,
    MetricSample,
    ModelRequest,
    PlanUpdate,
    Prompt,
    RateLimitUpdate,
    RetryUpdate,
    SessionKey,
    SessionUpdate,
    SourceRef,
    Tokens,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
    WaitUpdate,
)

SESSIONS = [SessionKey("claude-code", "apple"), SessionKey("codex", "birch")]
AGENTS = ["", "scout", "tester"]
CALLS = ["c1", "c2", "c3", "c4"]
T0 = 1_750_000_000_000
SECOND = 1000

_T = TypeVar("_T")
_CHANGES: list[tuple[Change, ...]] = [
    (),
    (Change(ChangeKind.MODIFY, "/p/a", "@@ -1 +1 @@\n-a\n+b\n", 1, 1),),
    (Change(ChangeKind.CREATE, "/p/b", "@@ -0,0 +1 @@\n+b\n", 1), Change(ChangeKind.READ, "/p/c", lines=(1, 9))),
]
_OUTPUTS = ["", "done", "3 failed, 2 passed", "first line\nfatal: no such branch", "FAIL\n"]


class HistoryBuilder:
    """Draws events; with ``distinct_times`` each has its own: of events of one instant the one read last may win."""

    def __init__(self, random: Random, *, distinct_times: bool = False) -> None:
        self._random = random
        self._distinct_times = distinct_times
        self._times: set[int] = set()

    def events(self, number: int) -> list[Event]:
        """Draw so many events, some of which are read twice."""
        events = [self._event() for _ in range(number)]
        again = [event for event in events if self._random.random() < 0.1]
        return self._shuffled([*events, *again]) if self._random.random() < 0.5 else [*events, *again]

    def _event(self) -> Event:
        make: Callable[[HistoryBuilder], Event] = self._random.choices(*zip(*_KINDS.items(), strict=True))[0]
        return make(self)

    def _shuffled(self, values: Sequence[_T]) -> list[_T]:
        return self._random.sample(list(values), len(values))

    def pick(self, *values: _T) -> _T:
        """Draw one of these values."""
        return self._random.choice(values)

    def place(self) -> dict[str, Any]:
        """Draw the session, the agent and the time of an event. A few have no time."""
        at = self._random.randrange(0, 90 * SECOND, 3 * SECOND) if self._random.random() < 0.95 else -T0
        while self._distinct_times and (at < 0 or at in self._times):
            at = self._random.randrange(90 * SECOND)
        self._times.add(at)
        return {"session": self.pick(*SESSIONS), "agent": self.pick("", *AGENTS), "at": T0 + at}


def _session(draw: HistoryBuilder) -> Event:
    cwd, branch, title = (draw.pick("", "", f"{name} 1", f"other {name} 2") for name in ("cwd", "branch", "title"))
    return SessionUpdate(**draw.place(), cwd=cwd, branch=branch, title=title)


def _agent(draw: HistoryBuilder) -> Event:
    place = draw.place()
    return AgentUpdate(
        **place,
        parent=draw.pick(None, "", "scout"),
        call=draw.pick("", *CALLS),
        type=draw.pick("", "explorer", "reviewer 2"),
        description=draw.pick("", "look around"),
        model=draw.pick("", "haiku", "sonnet"),
        status=draw.pick(None, *AgentStatus) if draw.pick(True, False, False) else None,
        started=draw.pick(None, None, place["at"] - 5),
        ended=draw.pick(None, None, None, place["at"] + 1),
        error=draw.pick("", "lost"),
        internal=draw.pick(False, False, True),
    )


def _usage(draw: HistoryBuilder) -> Event:
    ids = (draw.pick("r1", "r2", "r3"),)
    return Usage(**draw.place(), strong_ids=ids, model=draw.pick("", "model-a", "model-bb"), tokens=Tokens(1, 2))


def _call_started(draw: HistoryBuilder) -> Event:
    call = draw.pick(*CALLS)
    return CallStarted(
        **draw.place(),
        call=call,
        uid=f"{call} {draw.pick(1, 2)}",
        tool=draw.pick("Bash", "Read", "Agent"),
        kind=draw.pick(ToolKind.SHELL, ToolKind.AGENT, ToolKind.OTHER, draw.pick(*ToolKind)),
        subject=draw.pick("", "make", "make test"),
        note=draw.pick("", "a note"),
        input=draw.pick("", "{}", '{"a": 1}'),
        parent=draw.pick("", "c0"),
        model=draw.pick("", "model-a"),
        timeout_ms=draw.pick(None, 5, 10),
        runs=draw.pick(False, True),
        ref=draw.pick(None, SourceRef("/log", 1, 2), SourceRef("/log", 30, 4)),
        exact=draw.pick(True, True, False),
    )


def _call_progress(draw: HistoryBuilder) -> Event:
    doing = draw.pick("", "running", "hook check.sh")
    return CallProgress(**draw.place(), call=draw.pick(*CALLS), doing=doing, elapsed_ms=draw.pick(None, 7, 900))


def _call_finished(draw: HistoryBuilder) -> Event:
    return CallFinished(
        **draw.place(),
        call=draw.pick(*CALLS),
        state=draw.pick(*list(CallState)[1:]),
        output=draw.pick(*_OUTPUTS),
        error=draw.pick("", "", "boom", "1 error"),
        duration_ms=draw.pick(None, 10, 500),
        exit_code=draw.pick(None, 0, 1),
        measure=draw.pick(None, Measure(3, "lines"), Measure(12, "files", 30)),
        changes=draw.pick(*_CHANGES),
        tokens=draw.pick(None, Tokens(5, 6)),
        approved=draw.pick(None, True, False),
        approval=draw.pick("", "user"),
        waited_ms=draw.pick(None, None, 3, 700),
        metadata=draw.pick("", "{}"),
        ref=draw.pick(None, SourceRef("/log", 5, 6)),
        exact=draw.pick(True, True, False),
    )


def _context(draw: HistoryBuilder) -> Event:
    return ContextUpdate(
        **draw.place(),
        tokens=draw.pick(None, 10_000, 60_000, 120_000, 150_000),
        limit=draw.pick(None, 200_000, 1_000_000),
        limit_source=draw.pick("", "assumed", "price list"),
        model=draw.pick("", "model-a", "model-bb"),
        compaction_rule=draw.pick(None, None, CompactionRule(9, 10)),
    )


def _compaction(draw: HistoryBuilder) -> Event:
    return CompactionUpdate(
        **draw.place(),
        finished=draw.pick(True, True, False),
        trigger=draw.pick("auto", "manual"),
        before=draw.pick(None, 160_000),
        after=draw.pick(None, 9_000),
        trimmed=draw.pick(None, None, 50),
    )


def _retry(draw: HistoryBuilder) -> Event:
    place = draw.place()
    return RetryUpdate(**place, reason="overloaded", attempt=draw.pick(1, 2), wait_ms=draw.pick(None, 4000))


def _wait(draw: HistoryBuilder) -> Event:
    place = draw.place()
    return WaitUpdate(**place, waiting=draw.pick(True, False), reason="permission", call=draw.pick("", *CALLS))


_KINDS: dict[Callable[[HistoryBuilder], Event], int] = {
    _session: 3,
    _agent: 6,
    _usage: 3,
    _call_started: 12,
    _call_progress: 5,
    _call_finished: 12,
    _context: 6,
    _compaction: 2,
    _retry: 2,
    _wait: 2,
    lambda draw: Prompt(**draw.place(), text=draw.pick("go", "go on please")): 2,
    lambda draw: AgentMessage(
        **draw.place(), text=draw.pick(" ", "Done.", "hm, well"), thinking=draw.pick(True, False)
    ): 3,
    lambda draw: TurnUpdate(**draw.place(), turn=draw.pick(*Turn), reason=draw.pick("", "limit")): 3,
    lambda draw: PlanUpdate(**draw.place(), completed=draw.pick(1, 2), total=3): 1,
    lambda draw: RateLimitUpdate(**draw.place(), name=draw.pick("5h", "weekly"), used_percent=draw.pick(1.0, 2.5)): 1,
    lambda draw: ModelRequest(**draw.place(), request=draw.pick("1", "2"), operation=draw.pick("", "title")): 2,
    lambda draw: ContextPart(**draw.place(), name=draw.pick("tools", "skills"), chars=draw.pick(10, 20)): 1,
    lambda draw: ContextPart(**draw.place(), name=draw.pick("Bash", "Read"), chars=draw.pick(5, 9), group="tools"): 1,
    lambda draw: ContextPart(**draw.place(), name="tools", chars=0, tokens=draw.pick(3, 70)): 1,
    lambda draw: HookFailure(
        **draw.place(), hook="make lint", error=draw.pick("", "bad"), exit_code=draw.pick(1, None)
    ): 1,
    lambda draw: HookSuccess(
        **draw.place(), hook=draw.pick("make lint", "make fmt"), duration_ms=draw.pick(5, None)
    ): 1,
    lambda draw: CompactionSummary(**draw.place(), text=draw.pick("what was done", "and what is left to do")): 1,
    lambda draw: LogLine(**draw.place(), uid=draw.pick("l1", "l2"), text="a line"): 1,
    lambda draw: MetricSample(**draw.place(), uid=draw.pick("m1", "m2"), name="queue", value=1.5): 1,
    lambda draw: EndpointRequest(**draw.place(), uid=draw.pick("q1", "q2"), endpoint="/v1"): 1,
}
"""The kinds of events with their weights."""
