"""The agent's state is what its files tell, else unknown."""

from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tui_monitor.events import (
    AgentMessage,
    AgentUpdate,
    CallProgress,
    CallState,
    CompactionUpdate,
    Event,
    Prompt,
    RetryUpdate,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
    WaitUpdate,
)
from tui_monitor.live.status import Status, StatusWord, status

SECOND = 1000
MINUTE = 60 * SECOND


def judged(after: int, *events: Event) -> Status:
    return status(state_after(*events), T0 + after)


def prompt(at: int = 0) -> Prompt:
    return Prompt(session=SESSION, at=T0 + at, text="do it")


def said(at: int) -> AgentMessage:
    return AgentMessage(session=SESSION, at=T0 + at, text="Done.")


def turn(at: int, what: Turn) -> TurnUpdate:
    return TurnUpdate(session=SESSION, at=T0 + at, turn=what)


def test_nothing_read_is_unknown() -> None:
    assert judged(0).word is StatusWord.UNKNOWN


def test_an_open_question_waits_for_the_person() -> None:
    found = judged(30 * MINUTE, prompt(), started("q", 1, ToolKind.ASK, subject="Which one?"))
    assert (found.word, found.subject, found.certain) == (StatusWord.WAITS, "Which one?", True)


def test_an_answered_question_waits_no_more() -> None:
    assert judged(3, prompt(), started("q", 1, ToolKind.ASK), finished("q", 2)).word is StatusWord.THINKING


def test_a_hook_tells_that_it_waits() -> None:
    wait = WaitUpdate(session=SESSION, at=T0 + 5, waiting=True, reason="permission for Bash", call="a")
    assert judged(9, prompt(), started("a", 1), wait).word is StatusWord.WAITS
    over = WaitUpdate(session=SESSION, at=T0 + 7, waiting=False)
    assert judged(9, prompt(), started("a", 1), wait, over).word is StatusWord.WORKING


def test_a_wait_is_over_when_its_call_runs_whichever_is_read_first() -> None:
    wait = WaitUpdate(session=SESSION, at=T0 + 5, waiting=True, reason="permission for Bash", call="a")
    runs = CallProgress(session=SESSION, at=T0 + 7, call="a", doing="running")
    for order in ([wait, runs], [runs, wait]):
        assert judged(9, prompt(), started("a", 1), *order).word is StatusWord.WORKING


def test_a_wait_goes_on_while_another_call_runs_or_a_hook_of_its_own() -> None:
    wait = WaitUpdate(session=SESSION, at=T0 + 5, waiting=True, reason="permission for Bash", call="a")
    for sign in (
        CallProgress(session=SESSION, at=T0 + 7, call="b", doing="running"),
        CallProgress(session=SESSION, at=T0 + 7, call="a", doing="hook check.sh"),
        CallProgress(session=SESSION, at=T0 + 4, call="a", doing="running"),
    ):
        assert judged(9, prompt(), started("a", 1), started("b", 2), wait, sign).word is StatusWord.WAITS


def test_a_retry_is_shown_until_its_time_is_over() -> None:
    retry = RetryUpdate(session=SESSION, at=T0 + 5, attempt=2, attempts=10, wait_ms=4000, reason="overloaded")
    assert judged(6, prompt(), retry).word is StatusWord.RETRYING
    assert judged(20 * SECOND, prompt(), retry).word is StatusWord.THINKING
    assert judged(9, prompt(), retry, said(8)).word is not StatusWord.RETRYING


def test_a_given_up_request_is_an_error() -> None:
    assert judged(9, prompt(), RetryUpdate(session=SESSION, at=T0 + 5, status=429)).word is StatusWord.FAILED


def test_compaction_is_seen_while_it_goes_on() -> None:
    begun = CompactionUpdate(session=SESSION, at=T0 + 5, finished=False)
    assert judged(60 * SECOND, prompt(), begun).word is StatusWord.COMPACTING
    done = CompactionUpdate(session=SESSION, at=T0 + 70, before=1, after=2)
    assert judged(80, prompt(), begun, done).word is not StatusWord.COMPACTING


def test_a_reporting_command_works() -> None:
    progress = CallProgress(session=SESSION, at=T0 + 118 * SECOND, call="a", doing="running")
    found = judged(120 * SECOND, prompt(), started("a", 1, subject="make"), progress)
    assert (found.word, found.certain, found.subject) == (StatusWord.WORKING, True, "make")


def test_a_silent_command_is_unknown_after_a_while() -> None:
    assert judged(30 * SECOND, prompt(), started("a", 1)).word is StatusWord.WORKING
    found = judged(2 * MINUTE, prompt(), started("a", 1))
    assert (found.word, found.certain) == (StatusWord.UNKNOWN, False)


def test_a_growing_sub_agent_keeps_its_call_working() -> None:
    child = AgentUpdate(session=SESSION, agent="x", at=T0 + 119 * SECOND, call="task")
    assert judged(120 * SECOND, prompt(), started("task", 1, ToolKind.AGENT), child).word is StatusWord.WORKING


def test_a_silent_edit_is_unknown_soon() -> None:
    assert judged(6 * SECOND, prompt(), started("e", 1, ToolKind.EDIT)).word is StatusWord.UNKNOWN


def test_the_written_end_of_a_turn_is_exact() -> None:
    assert judged(9, prompt(), said(5), turn(6, Turn.DONE)).word is StatusWord.DONE
    assert judged(11 * MINUTE, prompt(), said(5), turn(6, Turn.DONE)).word is StatusWord.IDLE
    assert judged(9, prompt(), said(5), turn(6, Turn.INTERRUPTED)).word is StatusWord.INTERRUPTED
    assert judged(9, prompt(), said(5), turn(6, Turn.SESSION_ENDED)).word is StatusWord.ENDED
    assert judged(9, prompt(), said(5), turn(6, Turn.DONE), prompt(7)).word is StatusWord.THINKING


def test_a_call_left_open_by_an_ended_turn_is_not_running() -> None:
    assert judged(9, prompt(), started("a", 1), turn(6, Turn.DONE)).word is StatusWord.DONE


def test_silence_is_thinking_then_unknown() -> None:
    assert judged(30 * SECOND, prompt()).word is StatusWord.THINKING
    assert judged(3 * MINUTE, prompt()).word is StatusWord.UNKNOWN
    assert judged(31 * MINUTE, prompt()).word is StatusWord.UNKNOWN


def test_words_without_a_marker_are_probably_the_end() -> None:
    found = judged(80 * SECOND, prompt(), said(1), Usage(session=SESSION, at=T0 + 1, strong_ids=("a",)))
    assert (found.word, found.certain) == (StatusWord.DONE, False)


def test_rejected_calls_are_over() -> None:
    assert judged(9, prompt(), started("a", 1), finished("a", 2, CallState.REJECTED)).word is StatusWord.THINKING
