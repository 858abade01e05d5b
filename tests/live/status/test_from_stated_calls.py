"""The state of an agent whose source states of each call that it runs: nothing is guessed by silence."""

from dataclasses import replace

import pytest

from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tui_monitor.events import (
    AgentStatus,
    AgentUpdate,
    CallStarted,
    Event,
    SessionProcess,
    ToolKind,
    Turn,
    TurnUpdate,
    WaitUpdate,
)
from tui_monitor.live.status import Status, StatusWord, status

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
BEGIN = TurnUpdate(session=SESSION, at=T0, turn=Turn.STARTED)
LIVING = SessionProcess(session=SESSION, pid=7, states_calls=True)


def begun(call: str, at: int, kind: ToolKind = ToolKind.SHELL, agent: str = "") -> CallStarted:
    return replace(started(call, at, kind, subject="make test", runs=True), agent=agent)


def agent(name: str, at: int, status: AgentStatus = AgentStatus.RUNNING) -> AgentUpdate:
    ended = T0 + at if status is AgentStatus.COMPLETED else None
    return AgentUpdate(session=SESSION, agent=name, at=T0 + at, type="reviewer", status=status, ended=ended)


def status_at(after: int, *events: Event, process: SessionProcess | None = None) -> Status:
    state = state_after(*events)
    state.process = process
    return status(state, T0 + after)


@pytest.mark.parametrize("process", [None, LIVING])
@pytest.mark.parametrize("kind", [ToolKind.SHELL, ToolKind.READ, ToolKind.OTHER])
@pytest.mark.parametrize("after", [2 * SECOND, 50 * SECOND, 5 * MINUTE, 20 * MINUTE, 3 * HOUR])
def test_call_that_is_stated_to_run_works_however_long(
    after: int, kind: ToolKind, process: SessionProcess | None
) -> None:
    result = status_at(after, BEGIN, begun("a", SECOND, kind), process=process)
    assert (result.word, result.since) == (StatusWord.WORKING, T0 + SECOND)
    assert result.certain is (process is LIVING or after < HOUR)
    assert (result.subject, result.evidence) == ("make test", "its agent states that it runs")


def test_call_for_which_a_person_is_awaited_waits_all_the_same() -> None:
    wait = WaitUpdate(session=SESSION, at=T0 + 2, waiting=True, call="a", reason="may it deploy?")
    assert status_at(MINUTE, BEGIN, begun("a", 1), wait).word is StatusWord.WAITS


@pytest.mark.parametrize("process", [None, LIVING])
def test_main_chain_does_not_think_while_a_call_of_a_sub_agent_runs(process: SessionProcess | None) -> None:
    events = (BEGIN, begun("a", 1), finished("a", SECOND), agent("r1", 2 * SECOND), begun("b", 3 * SECOND, agent="r1"))
    result = status_at(5 * MINUTE, *events, process=process)
    assert (result.word, result.certain, result.since) == (StatusWord.WORKING, True, T0 + 3 * SECOND)
    assert result.evidence == "its agent reviewer states that it runs"


def test_sub_agent_between_two_calls_thinks_for_the_main_chain() -> None:
    events = (BEGIN, begun("a", 1), finished("a", SECOND), agent("r1", 2 * SECOND))
    recent, later = status_at(30 * SECOND, *events), status_at(10 * MINUTE, *events)
    assert (recent.word, recent.certain, recent.evidence) == (
        StatusWord.THINKING,
        True,
        "its agent reviewer is at work",
    )
    assert (later.word, later.certain) == (StatusWord.THINKING, False)


def test_sub_agent_that_has_ended_does_not_work() -> None:
    events = (BEGIN, agent("r1", 1), begun("b", 2, agent="r1"), agent("r1", 3, AgentStatus.COMPLETED))
    assert status_at(10 * SECOND, *events).word is not StatusWord.WORKING


@pytest.mark.parametrize(
    ("after", "word", "certain"),
    [
        (30 * SECOND, StatusWord.THINKING, True),
        (5 * MINUTE, StatusWord.THINKING, False),
        (HOUR, StatusWord.UNKNOWN, False),
    ],
)
def test_living_process_between_two_calls_is_not_stuck(after: int, word: StatusWord, certain: bool) -> None:
    result = status_at(after, BEGIN, begun("a", 1), finished("a", 2), process=LIVING)
    assert (result.word, result.certain) == (word, certain)
