"""The state by what the agent's process states: it wins over hooks and files."""

from dataclasses import replace
from typing import Any

import pytest

from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tui_monitor.events import (
    Activity,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    Event,
    ModelRequest,
    Prompt,
    RetryUpdate,
    SessionProcess,
    ToolKind,
    Turn,
    TurnUpdate,
    WaitUpdate,
)
from tui_monitor.live.status import Lag, Status, StatusWord, status

SECOND = 1000
MINUTE = 60 * SECOND
PROMPT = Prompt(session=SESSION, at=T0, text="do it")
ANSWER = AgentMessage(session=SESSION, at=T0 + 5, text="Done.")
TURN_END = TurnUpdate(session=SESSION, at=T0 + 6, turn=Turn.DONE)


def process(activity: Activity | None, since: int = 1, **fields: Any) -> SessionProcess:
    return SessionProcess(session=SESSION, pid=7, activity=activity, since=T0 + since, **fields)


def status_with(living: SessionProcess | None, after: int, *events: Event) -> Status:
    state = state_after(*events)
    state.process, state.process_gone = living, living is None
    return status(state, T0 + after)


def test_waiting_process_waits_for_certain_without_a_line_of_it() -> None:
    result = status_with(process(Activity.WAITING, 3, waits_for="permission prompt"), 9, PROMPT)
    assert (result.word, result.certain, result.since) == (StatusWord.WAITS, True, T0 + 3)
    assert result.subject == "permission prompt"


@pytest.mark.parametrize("activity", [None, *Activity])
def test_process_that_waits_for_a_person_says_so_while_its_files_are_behind(activity: Activity | None) -> None:
    state = state_after(PROMPT, ANSWER, TURN_END)
    state.process = process(activity)
    expected = StatusWord.WAITS if activity is Activity.WAITING else StatusWord.BEHIND
    assert status(state, T0 + MINUTE, Lag(12_000)).word is expected


def test_waiting_process_is_asked_about_the_open_call() -> None:
    calls = [started("a", 1), started("q", 2, ToolKind.ASK, subject="Which?")]
    result = status_with(process(Activity.WAITING), 9, PROMPT, *calls)
    assert result.call is not None
    assert result.call.id == "q"


def test_waiting_process_is_asked_about_the_call_of_an_agent() -> None:
    call = replace(started("a", 8), agent="helper")
    result = status_with(process(Activity.WAITING), 9, PROMPT, ANSWER, TURN_END, call)
    assert result.call is not None
    assert result.call.id == "a"


def test_busy_process_waits_for_nobody() -> None:
    edit = started("e", 1, ToolKind.EDIT, approval_after_ms=5 * SECOND)
    wait = WaitUpdate(session=SESSION, at=T0 + 2, waiting=True, call="e")
    result = status_with(process(Activity.BUSY), MINUTE, PROMPT, edit, wait)
    assert (result.word, result.certain) == (StatusWord.WORKING, True)


def test_busy_process_without_an_open_call_thinks_for_certain() -> None:
    for after in (9, 2 * MINUTE):
        result = status_with(process(Activity.BUSY), after, PROMPT, started("a", 1), finished("a", 2))
        assert (result.word, result.certain) == (StatusWord.THINKING, True)


def test_busy_process_that_nothing_was_asked_of_does_its_own_work() -> None:
    busy = process(Activity.BUSY, 10 * SECOND)
    assert status_with(busy, 12 * SECOND, PROMPT, ANSWER, TURN_END).word is StatusWord.WORKING
    assert status_with(busy, 10 * SECOND + 500, PROMPT, ANSWER, TURN_END).word is StatusWord.THINKING


def test_busy_process_whose_turn_is_over_has_agents_in_the_background() -> None:
    helper = AgentUpdate(session=SESSION, agent="x", at=T0 + 5, status=AgentStatus.RUNNING)
    result = status_with(process(Activity.BUSY), MINUTE, PROMPT, ANSWER, TURN_END, helper)
    assert (result.word, result.background) == (StatusWord.WORKING, 1)


def test_command_without_output_is_held() -> None:
    command = started("b", 2 * SECOND)
    busy = process(Activity.BUSY, output_at=T0)
    assert status_with(busy, 9 * SECOND, PROMPT, command).word is StatusWord.HELD
    assert status_with(busy, 5 * SECOND, PROMPT, command).word is StatusWord.WORKING
    printing = replace(busy, output_at=T0 + 3 * SECOND)
    assert status_with(printing, 9 * SECOND, PROMPT, command).word is StatusWord.WORKING
    unknown = replace(busy, output_at=None)
    assert status_with(unknown, 9 * SECOND, PROMPT, command).word is StatusWord.WORKING


def test_busy_process_without_a_sign_of_life_is_stuck() -> None:
    busy = process(Activity.BUSY)
    result = status_with(busy, 4 * MINUTE, PROMPT)
    assert (result.word, result.certain) == (StatusWord.STUCK, False)
    long_command = started("b", 1, timeout_ms=2 * MINUTE)
    assert status_with(busy, 2 * MINUTE, PROMPT, long_command).word is StatusWord.WORKING
    assert status_with(busy, 3 * MINUTE, PROMPT, long_command).word is StatusWord.STUCK


def test_idle_process_is_done_although_its_files_do_not_say_so() -> None:
    idle = process(Activity.IDLE, 8)
    assert status_with(idle, 9, PROMPT, ANSWER).word is StatusWord.DONE
    assert status_with(idle, 11 * MINUTE, PROMPT, ANSWER).word is StatusWord.IDLE
    request = ModelRequest(session=SESSION, at=T0 + 7, request="r")
    assert status_with(idle, 9, PROMPT, ANSWER, request).word is StatusWord.DONE


def test_idle_process_that_answered_nothing_was_interrupted() -> None:
    assert status_with(process(Activity.IDLE, 8), 9, PROMPT).word is StatusWord.INTERRUPTED
    retry = RetryUpdate(session=SESSION, at=T0 + 2, wait_ms=60_000)
    assert status_with(process(Activity.IDLE, 8), 9, PROMPT, retry).word is StatusWord.INTERRUPTED


def test_idle_process_has_no_running_call() -> None:
    assert status_with(process(Activity.IDLE, 8), 9, PROMPT, started("a", 1)).word is StatusWord.DONE


def test_command_in_the_background_is_work() -> None:
    result = status_with(process(Activity.BACKGROUND, 8), 9, PROMPT, ANSWER, TURN_END)
    assert (result.word, result.background) == (StatusWord.WORKING, 1)


def test_compaction_that_was_asked_for() -> None:
    assert status_with(process(Activity.COMPACTING), 9, PROMPT, ANSWER, TURN_END).word is StatusWord.COMPACTING


@pytest.mark.parametrize("activity", [None, Activity.IDLE])
def test_process_that_was_asked_nothing_is_idle(activity: Activity | None) -> None:
    assert status_with(process(activity), 9).word is StatusWord.IDLE


def test_session_whose_process_is_gone_has_ended() -> None:
    result = status_with(None, 9, PROMPT, started("a", 1))
    assert (result.word, result.certain) == (StatusWord.ENDED, True)


def test_living_process_of_an_ended_session_goes_on() -> None:
    end = TurnUpdate(session=SESSION, at=T0 + 7, turn=Turn.SESSION_ENDED)
    assert status_with(process(Activity.IDLE, 8), 9, PROMPT, ANSWER, end).word is StatusWord.DONE


def test_living_process_in_a_turn_thinks_for_certain_then_is_stuck() -> None:
    begun = TurnUpdate(session=SESSION, at=T0, turn=Turn.STARTED)
    result = status_with(process(None), 2 * MINUTE, PROMPT, begun)
    assert (result.word, result.certain) == (StatusWord.THINKING, True)
    assert status_with(process(None), 4 * MINUTE, PROMPT, begun).word is StatusWord.STUCK
    assert status_with(process(None), 4 * MINUTE, PROMPT, begun, ANSWER, TURN_END).word is StatusWord.DONE


def test_command_that_needs_approval_waits_until_it_has_a_process() -> None:
    command = started("b", 1, approval_after_ms=2 * SECOND)
    wait = WaitUpdate(session=SESSION, at=T0 + 1, waiting=True, call="b", certain=False)
    for asked in ([command], [command, wait]):
        assert status_with(process(None, output_at=0), 9 * SECOND, PROMPT, *asked).word is StatusWord.WAITS
        running = process(None, output_at=T0)
        assert status_with(running, 9 * SECOND, PROMPT, *asked).word is StatusWord.WORKING
