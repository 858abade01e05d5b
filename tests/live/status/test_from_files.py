"""The state of the agent: as its files state it, else unknown."""

from dataclasses import replace

import pytest

from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tui_monitor.events import (
    AWAITED,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CallProgress,
    CallState,
    CompactionRule,
    CompactionUpdate,
    ContextUpdate,
    Event,
    ModelRequest,
    Prompt,
    RetryUpdate,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
    WaitUpdate,
)
from tui_monitor.live.liveness import Liveness, call_evidence, liveness
from tui_monitor.live.status import Lag, Status, StatusWord, status

SECOND = 1000
MINUTE = 60 * SECOND


def status_at(after: int, *events: Event) -> Status:
    return status(state_after(*events), T0 + after)


def test_state_is_not_judged_by_what_is_behind() -> None:
    state = state_after(prompt(), turn(SECOND, Turn.DONE))
    behind, reading = status(state, T0 + MINUTE, Lag(12_300)), status(state, T0 + MINUTE, Lag(12_300, initial=True))
    assert (behind.word, behind.since) == (StatusWord.BEHIND, T0 + MINUTE - 12_300)
    assert behind.evidence == "what was written in the last 12 s is not all read and counted yet"
    assert (reading.word, reading.evidence) == (
        StatusWord.READING,
        "what was there at the start is being read, for 12 s so far",
    )


def prompt(at: int = 0) -> Prompt:
    return Prompt(session=SESSION, at=T0 + at, text="do it")


def message(at: int) -> AgentMessage:
    return AgentMessage(session=SESSION, at=T0 + at, text="Done.")


def turn(at: int, moment: Turn) -> TurnUpdate:
    return TurnUpdate(session=SESSION, at=T0 + at, turn=moment)


def test_nothing_read_is_unknown() -> None:
    assert status_at(0).word is StatusWord.UNKNOWN


def test_open_question_waits_for_the_person() -> None:
    result = status_at(30 * MINUTE, prompt(), started("q", 1, ToolKind.ASK, subject="Which one?"))
    assert (result.word, result.subject, result.certain) == (StatusWord.WAITS, "Which one?", True)


def test_answered_question_does_not_wait() -> None:
    assert status_at(3, prompt(), started("q", 1, ToolKind.ASK), finished("q", 2)).word is StatusWord.THINKING


def test_turn_of_which_the_prompt_is_not_told_began_with_one() -> None:
    events = (prompt(), message(SECOND), turn(2 * SECOND, Turn.DONE), turn(9 * SECOND, Turn.STARTED))
    result = status_at(12 * SECOND, *events)
    assert (result.word, result.since) == (StatusWord.THINKING, T0 + 9 * SECOND)
    assert (result.evidence, result.certain) == ("a prompt is the last line", True)


def test_hook_reports_that_it_waits() -> None:
    wait = WaitUpdate(session=SESSION, at=T0 + 5, waiting=True, reason="permission for Bash", call="a")
    waits = status_at(9, prompt(), started("a", 1), wait)
    assert (waits.word, waits.evidence) == (StatusWord.WAITS, "the agent says so itself")
    end = WaitUpdate(session=SESSION, at=T0 + 7, waiting=False)
    assert status_at(9, prompt(), started("a", 1), wait, end).word is StatusWord.WORKING


def test_wait_is_over_when_its_call_runs_in_any_order() -> None:
    wait = WaitUpdate(session=SESSION, at=T0 + 5, waiting=True, reason="permission for Bash", call="a")
    progress = CallProgress(session=SESSION, at=T0 + 7, call="a", doing="running")
    for order in ([wait, progress], [progress, wait]):
        assert status_at(9, prompt(), started("a", 1), *order).word is StatusWord.WORKING


def test_wait_that_its_source_does_not_end_is_uncertain_and_over_with_its_call() -> None:
    wait = WaitUpdate(session=SESSION, at=T0 + 5, waiting=True, reason="clear", call="a", certain=False)
    result = status_at(9, prompt(), started("a", 1), wait)
    assert (result.word, result.certain, result.subject) == (StatusWord.WAITS, False, "clear")
    of_agent = replace(started("a", 1), agent="helper")
    end = replace(finished("a", 7), agent="helper")
    assert status_at(9, prompt(), of_agent, wait).word is StatusWord.WAITS
    assert status_at(9, prompt(), of_agent, wait, end).word is not StatusWord.WAITS


def test_wait_goes_on_while_another_call_runs_or_a_hook_of_its_own() -> None:
    wait = WaitUpdate(session=SESSION, at=T0 + 5, waiting=True, reason="permission for Bash", call="a")
    for sign in (
        CallProgress(session=SESSION, at=T0 + 7, call="b", doing="running"),
        CallProgress(session=SESSION, at=T0 + 7, call="a", doing="hook check.sh"),
        CallProgress(session=SESSION, at=T0 + 4, call="a", doing="running"),
    ):
        assert status_at(9, prompt(), started("a", 1), started("b", 2), wait, sign).word is StatusWord.WAITS


def test_retry_is_shown_until_its_time_is_over() -> None:
    retry = RetryUpdate(session=SESSION, at=T0 + 5, attempt=2, attempts=10, wait_ms=4000, reason="overloaded")
    assert status_at(6, prompt(), retry).word is StatusWord.RETRYING
    assert status_at(20 * SECOND, prompt(), retry).word is StatusWord.THINKING
    assert status_at(9, prompt(), retry, message(8)).word is not StatusWord.RETRYING


def test_given_up_request_is_an_error() -> None:
    assert status_at(9, prompt(), RetryUpdate(session=SESSION, at=T0 + 5, status=429)).word is StatusWord.FAILED


def test_compaction_is_shown_while_it_goes_on() -> None:
    start = CompactionUpdate(session=SESSION, at=T0 + 5, finished=False)
    assert status_at(60 * SECOND, prompt(), start).word is StatusWord.COMPACTING
    end = CompactionUpdate(session=SESSION, at=T0 + 70, before=1, after=2)
    assert status_at(80, prompt(), start, end).word is not StatusWord.COMPACTING


def test_command_that_reports_progress_is_working() -> None:
    progress = CallProgress(session=SESSION, at=T0 + 118 * SECOND, call="a", doing="running")
    result = status_at(120 * SECOND, prompt(), started("a", 1, subject="make"), progress)
    assert (result.word, result.certain, result.subject) == (StatusWord.WORKING, True, "make")


def test_silent_command_is_unknown_after_a_while() -> None:
    assert status_at(4 * SECOND, prompt(), started("a", 1)).evidence == "call just issued"
    result = status_at(30 * SECOND, prompt(), started("a", 1))
    assert (result.word, result.evidence) == (StatusWord.WORKING, "asked for 29 s ago; no output yet")
    result = status_at(2 * MINUTE, prompt(), started("a", 1))
    assert (result.word, result.certain) == (StatusWord.UNKNOWN, False)


@pytest.mark.parametrize(
    ("kind", "approval_after_ms", "undecided"),
    [(ToolKind.SHELL, 630_000, True), (ToolKind.SHELL, None, False), (ToolKind.MCP, 630_000, True)],
)
def test_call_that_may_need_approval_runs_or_waits_until_there_is_a_sign(
    kind: ToolKind, approval_after_ms: int | None, undecided: bool
) -> None:
    call = started("a", 1, kind, approval_after_ms=approval_after_ms)
    assert not status_at(4 * SECOND, prompt(), call).undecided
    assert status_at(30 * SECOND, prompt(), call).undecided is undecided
    progress = CallProgress(session=SESSION, at=T0 + 29 * SECOND, call="a", doing="running")
    assert not status_at(30 * SECOND, prompt(), call, progress).undecided


def test_web_call_counts_as_waiting_only_once_it_takes_longer_than_usual() -> None:
    call = started("a", 1, ToolKind.WEB, approval_after_ms=60_000)
    result = status_at(12 * SECOND, prompt(), call)
    assert (result.word, result.undecided, result.evidence) == (
        StatusWord.WORKING,
        False,
        "asked for 11 s ago; no result yet",
    )
    assert status_at(20 * SECOND, prompt(), call).undecided


def test_call_that_nobody_is_asked_about_does_not_wait_for_a_person() -> None:
    call = started("a", 1, held_after_ms=630_000)
    for after in (30 * SECOND, 5 * MINUTE):
        result = status_at(after, prompt(), call)
        assert (result.word, result.certain, result.undecided) == (StatusWord.WORKING, False, False)
    assert status_at(11 * MINUTE, prompt(), call).word is StatusWord.HELD
    assert status_at(40 * MINUTE, prompt(), call).word is StatusWord.ENDED


def test_agent_that_waits_for_a_command_in_the_background_works_on_it() -> None:
    def progress(at: int, doing: str) -> CallProgress:
        return CallProgress(session=SESSION, at=T0 + at * SECOND, call="a", doing=doing)

    begun = [prompt(), started("a", 1, subject="make"), finished("a", SECOND, CallState.BACKGROUND)]
    assert status_at(3 * SECOND, *begun).word is StatusWord.THINKING
    result = status_at(5 * MINUTE, *begun, progress(2, AWAITED))
    assert (result.word, result.subject, result.certain) == (StatusWord.WORKING, "make", True)
    assert status_at(6 * SECOND, *begun, progress(2, AWAITED), progress(5, "still running")).word is StatusWord.THINKING
    assert status_at(6 * SECOND, *begun, progress(2, AWAITED), turn(5 * SECOND, Turn.INTERRUPTED)).word is (
        StatusWord.INTERRUPTED
    )


def test_response_that_asks_for_unrecorded_calls_runs_or_waits() -> None:
    asks = AgentMessage(session=SESSION, at=T0 + SECOND, text="", final_after_ms=None)
    thought = AgentMessage(session=SESSION, at=T0 + SECOND, text="Hm", thinking=True)
    assert not status_at(2 * SECOND, prompt(), asks, thought).undecided
    result = status_at(5 * MINUTE, prompt(), asks, thought)
    assert (result.word, result.certain, result.undecided) == (StatusWord.WORKING, False, True)
    over = [started("a", SECOND), finished("a", 9 * SECOND)]
    assert status_at(10 * SECOND, prompt(), asks, *over).word is StatusWord.THINKING
    assert status_at(60 * SECOND, prompt(), asks, message(2 * SECOND)).word is StatusWord.DONE


def test_hook_that_begins_before_a_queued_command_is_named() -> None:
    hook = CallProgress(session=SESSION, at=T0 + 18 * SECOND, call="a", doing="hook check.sh")
    result = status_at(19 * SECOND, prompt(), started("a", SECOND), hook)
    assert (result.word, result.evidence) == (StatusWord.WORKING, "hook check.sh runs before it")
    assert result.since == T0 + 18 * SECOND


def test_call_from_elsewhere_that_takes_longer_than_such_calls_do_likely_waits() -> None:
    result = status_at(61 * SECOND, prompt(), started("a", 1, ToolKind.WEB, approval_after_ms=60_000))
    assert (result.word, result.certain) == (StatusWord.WAITS, False)
    assert result.evidence.startswith("web is over sooner as a rule")


def test_oldest_of_several_open_calls_is_shown_unless_a_later_one_shows_activity() -> None:
    calls = [prompt(), started("a", 1, subject="first"), started("b", 2, subject="second")]
    assert status_at(2 * MINUTE, *calls).subject == "first"
    late = started("c", 2 * MINUTE - SECOND, subject="third")
    assert (status_at(2 * MINUTE, *calls, late).word, status_at(2 * MINUTE, *calls, late).subject) == (
        StatusWord.WORKING,
        "third",
    )
    progress = CallProgress(session=SESSION, at=T0 + 2 * MINUTE, call="b", doing="running")
    assert status_at(2 * MINUTE, *calls, late, progress).subject == "second"


def test_active_sub_agent_keeps_its_call_working() -> None:
    child = AgentUpdate(session=SESSION, agent="x", at=T0 + 119 * SECOND, call="task")
    assert status_at(120 * SECOND, prompt(), started("task", 1, ToolKind.AGENT), child).word is StatusWord.WORKING


def test_silent_edit_is_unknown_soon() -> None:
    assert status_at(6 * SECOND, prompt(), started("e", 1, ToolKind.EDIT)).word is StatusWord.UNKNOWN


def test_recorded_end_of_a_turn_is_certain() -> None:
    assert status_at(9, prompt(), message(5), turn(6, Turn.DONE)).word is StatusWord.DONE
    assert status_at(11 * MINUTE, prompt(), message(5), turn(6, Turn.DONE)).word is StatusWord.IDLE
    assert status_at(9, prompt(), message(5), turn(6, Turn.INTERRUPTED)).word is StatusWord.INTERRUPTED
    assert status_at(9, prompt(), message(5), turn(6, Turn.SESSION_ENDED)).word is StatusWord.ENDED
    assert status_at(9, prompt(), message(5), turn(6, Turn.DONE), prompt(7)).word is StatusWord.THINKING


def test_call_left_open_by_a_finished_turn_is_not_running() -> None:
    assert status_at(9, prompt(), started("a", 1), turn(6, Turn.DONE)).word is StatusWord.DONE


def test_silence_is_thinking_then_unknown_then_the_likely_end() -> None:
    assert status_at(30 * SECOND, prompt()).word is StatusWord.THINKING
    for silence, word in ((3 * MINUTE, StatusWord.UNKNOWN), (31 * MINUTE, StatusWord.ENDED)):
        result = status_at(silence, prompt())
        assert (result.word, result.certain) == (word, False)


def test_message_without_a_turn_end_is_probably_the_end() -> None:
    usage = Usage(session=SESSION, at=T0 + 1, strong_ids=("a",))
    result = status_at(25 * SECOND, prompt(), message(1), usage)
    assert (result.word, result.certain) == (StatusWord.DONE, False)
    assert result.evidence == "it spoke 24 s ago; nothing since"
    result = status_at(10 * SECOND, prompt(), message(1), usage)
    assert (result.word, result.certain) == (StatusWord.THINKING, False)


def test_silent_edit_that_needs_approval_likely_waits() -> None:
    edit = started("e", 1, ToolKind.EDIT, approval_after_ms=5 * SECOND)
    assert status_at(4 * SECOND, prompt(), edit).word is StatusWord.WORKING
    result = status_at(6 * SECOND, prompt(), edit)
    assert (result.word, result.certain, result.call and result.call.id) == (StatusWord.WAITS, False, "e")


def test_edit_behind_an_older_call_does_not_wait_for_the_person() -> None:
    older = started("b", 1, ToolKind.SHELL)
    edit = started("e", 2, ToolKind.EDIT, approval_after_ms=5 * SECOND)
    assert status_at(6 * SECOND, prompt(), older, edit).word is StatusWord.WORKING


def test_edit_of_a_sub_agent_that_needs_approval_likely_waits() -> None:
    edit = replace(started("e", 2, ToolKind.EDIT, approval_after_ms=5 * SECOND), agent="helper")
    assert status_at(9 * SECOND, prompt(), started("task", 1, ToolKind.AGENT), edit).word is StatusWord.WAITS


def test_command_without_the_progress_that_it_should_report_is_held() -> None:
    command = started("b", 1, held_after_ms=6 * SECOND)
    assert status_at(5 * SECOND, prompt(), command).word is StatusWord.WORKING
    assert status_at(7 * SECOND, prompt(), command).word is StatusWord.HELD
    progress = CallProgress(session=SESSION, at=T0 + 6 * SECOND, call="b", doing="running")
    assert status_at(7 * SECOND, prompt(), command, progress).word is StatusWord.WORKING


def test_command_without_a_sign_likely_waits_where_a_person_is_asked() -> None:
    command = started("b", 1, approval_after_ms=6 * SECOND)
    assert status_at(5 * SECOND, prompt(), command).word is StatusWord.WORKING
    result = status_at(7 * SECOND, prompt(), command)
    assert (result.word, result.certain) == (StatusWord.WAITS, False)
    assert result.evidence.startswith("it shows no sign that it runs")
    hook = CallProgress(session=SESSION, at=T0 + 2, call="b", doing="hook check.sh")
    assert status_at(9 * SECOND, prompt(), command, hook).word is StatusWord.HELD


def test_command_in_a_hook_is_held() -> None:
    progress = CallProgress(session=SESSION, at=T0 + 1, call="b", doing="hook check.sh")
    result = status_at(9 * SECOND, prompt(), started("b", 1), progress)
    assert (result.word, result.evidence) == (StatusWord.HELD, "in hook check.sh, or waits for you")
    unasked = started("b", 1, held_after_ms=6 * SECOND)
    assert status_at(9 * SECOND, prompt(), unasked, progress).evidence == "in hook check.sh"


def test_request_without_an_answer_is_thinking_for_certain() -> None:
    request = ModelRequest(session=SESSION, at=T0 + 2, request="r")
    result = status_at(2 * MINUTE, prompt(), request)
    assert (result.word, result.certain, result.since) == (StatusWord.THINKING, True, T0 + 2)
    assert status_at(2 * MINUTE, prompt(), request, message(5)).word is StatusWord.DONE


def full(at: int, tokens: int = 159_500) -> ContextUpdate:
    rule = CompactionRule(reserve=40_000)
    return ContextUpdate(session=SESSION, at=T0 + at, tokens=tokens, limit=200_000, compaction_rule=rule)


def test_late_answer_in_a_full_context_is_likely_a_compaction() -> None:
    call = (prompt(), full(1), started("r", 2, ToolKind.READ), finished("r", 3))
    assert status_at(10 * SECOND, *call).word is StatusWord.THINKING
    result = status_at(90 * SECOND, *call)
    assert (result.word, result.certain, result.since) == (StatusWord.COMPACTING, False, T0 + 3)
    assert status_at(11 * MINUTE, *call).word is StatusWord.UNKNOWN


def test_late_answer_is_no_compaction_with_room_or_another_reason() -> None:
    call = (started("r", 2, ToolKind.READ), finished("r", 3))
    late = 30 * SECOND
    assert status_at(late, prompt(), full(1, 150_000), *call).word is StatusWord.THINKING
    request = ModelRequest(session=SESSION, at=T0 + 4, request="r")
    assert status_at(late, prompt(), full(1), *call, request).word is StatusWord.THINKING
    assert status_at(late, prompt(), full(1), *call, turn(4, Turn.DONE)).word is StatusWord.DONE
    assert status_at(late, prompt(), full(1), *call, message(4)).word is StatusWord.DONE
    running = started("b", 4, approval_after_ms=6 * SECOND)
    assert status_at(late, prompt(), full(1), *call, running).word is StatusWord.WAITS
    over = CompactionUpdate(session=SESSION, at=T0 + 4, finished=True, before=159_600, trigger="auto")
    assert status_at(late, prompt(), full(1), *call, over, full(5, 20_000)).word is StatusWord.THINKING


def test_agents_that_run_on_after_the_turn_are_work() -> None:
    end = replace(turn(6, Turn.DONE), pending=2)
    result = status_at(MINUTE, prompt(), message(5), end)
    assert (result.word, result.background) == (StatusWord.WORKING, 2)
    helper = AgentUpdate(session=SESSION, agent="x", at=T0 + 5, status=AgentStatus.RUNNING, description="Count")
    assert status_at(MINUTE, prompt(), message(5), turn(6, Turn.DONE), helper).subject == "Count"
    over = replace(helper, at=T0 + 9, status=AgentStatus.COMPLETED, ended=T0 + 9)
    assert status_at(MINUTE, prompt(), message(5), replace(end, pending=1), helper, over).word is StatusWord.DONE


def test_agent_without_an_ending_is_no_work_when_the_turn_left_none_running() -> None:
    end = turn(6, Turn.DONE)
    helper = AgentUpdate(session=SESSION, agent="x", at=T0 + 5, status=AgentStatus.RUNNING)
    quiet = (prompt(), message(5), helper)
    assert status_at(MINUTE, *quiet, replace(end, pending=0)).word is StatusWord.DONE
    assert status_at(MINUTE, *quiet, end, replace(end, pending=0)).word is StatusWord.DONE
    assert status_at(MINUTE, *quiet, replace(end, pending=0), end).word is StatusWord.DONE
    assert status_at(MINUTE, *quiet, replace(end, pending=1)).word is StatusWord.WORKING
    assert status_at(MINUTE, *quiet, replace(end, pending=0), replace(helper, at=T0 + 8)).word is StatusWord.WORKING


def test_agent_that_was_silent_for_long_is_no_work() -> None:
    helper = AgentUpdate(session=SESSION, agent="x", at=T0 + 5, status=AgentStatus.RUNNING)
    assert status_at(40 * MINUTE, prompt(), message(5), turn(6, Turn.DONE), helper).word is StatusWord.IDLE


def test_used_up_limit_lasts_until_its_reset() -> None:
    limit = RetryUpdate(session=SESSION, at=T0 + 2, reason="resets 6pm", is_rate_limit=True, resets_at=T0 + MINUTE)
    result = status_at(9, prompt(), limit)
    assert (result.word, result.subject) == (StatusWord.RATE_LIMITED, "resets 6pm")
    assert status_at(2 * MINUTE, prompt(), limit).word is not StatusWord.RATE_LIMITED


def failures(count: int, first: int = 1) -> list[Event]:
    events: list[Event] = []
    for number in range(first, first + count):
        events += [started(f"t{number}", 10 * number, subject="make test")]
        events += [finished(f"t{number}", 10 * number + 5, CallState.FAILED)]
    return events


def test_same_failure_three_times_without_a_change_is_stuck() -> None:
    assert status_at(60, prompt(), *failures(2)).word is StatusWord.THINKING
    result = status_at(60, prompt(), *failures(3))
    assert (result.word, result.subject) == (StatusWord.STUCK, "make test")


@pytest.mark.parametrize(
    "between",
    [
        [started("e", 14, ToolKind.EDIT), finished("e", 16)],
        [started("g", 14, subject="make test"), finished("g", 16)],
    ],
    ids=["change", "success"],
)
def test_change_or_success_between_failures_is_no_sign_of_being_stuck(between: list[Event]) -> None:
    assert status_at(60, prompt(), *failures(1), *between, *failures(2, 2)).word is StatusWord.THINKING


def test_failures_of_a_finished_turn_are_not_stuck() -> None:
    assert status_at(90, prompt(), *failures(3), message(70), turn(80, Turn.DONE)).word is StatusWord.DONE
    assert status_at(90, prompt(), *failures(3), prompt(80)).word is StatusWord.THINKING


def test_rejected_calls_are_over() -> None:
    assert status_at(9, prompt(), started("a", 1), finished("a", 2, CallState.REJECTED)).word is StatusWord.THINKING


def test_repeated_request_is_a_retry() -> None:
    request = ModelRequest(session=SESSION, at=T0 + 2, request="r", attempt=3)
    result = status_at(9, prompt(), request)
    assert (result.word, result.evidence) == (
        StatusWord.RETRYING,
        "attempt 3: the requests before it had no answer",
    )


def test_failed_request_of_a_prompt_that_was_taken_back_is_over() -> None:
    failure = RetryUpdate(session=SESSION, at=T0 + 2, reason="server error")
    assert status_at(9, prompt(), failure).word is StatusWord.FAILED
    assert status_at(9, prompt(), failure, turn(5, Turn.DONE)).word is StatusWord.DONE
    assert status_at(9, prompt(), failure, turn(5, Turn.FAILED)).word is StatusWord.FAILED


@pytest.mark.parametrize(
    ("final_after_ms", "thinking", "silent_s", "expected"),
    [
        (5_000, False, 4, StatusWord.THINKING),
        (5_000, False, 6, StatusWord.DONE),
        (20_000, False, 19, StatusWord.THINKING),
        (20_000, False, 21, StatusWord.DONE),
        (120_000, False, 75, StatusWord.THINKING),
        (120_000, False, 121, StatusWord.DONE),
        (None, False, 50, StatusWord.THINKING),
        (None, False, 61, StatusWord.UNKNOWN),
        (20_000, True, 50, StatusWord.THINKING),
    ],
)
def test_turn_goes_on_after_a_text_as_long_as_its_source_says(
    final_after_ms: int | None, thinking: bool, silent_s: int, expected: StatusWord
) -> None:
    spoken = replace(message(0), final_after_ms=final_after_ms, thinking=thinking)
    result = status_at(silent_s * SECOND, prompt(-5), spoken)
    assert (result.word, result.certain) == (expected, False)


def test_text_that_comes_with_a_thought_may_be_the_last_one_in_either_order() -> None:
    thought, text = replace(message(0), thinking=True), message(0)
    for order in ([thought, text], [text, thought]):
        assert status_at(21 * SECOND, prompt(-5), *order).word is StatusWord.DONE


def test_command_that_takes_much_longer_than_before_likely_waits_for_approval() -> None:
    earlier = (started("a", 0, subject="make test"), finished("a", 13 * SECOND))
    late = started("b", 14 * SECOND, subject="make test", approval_after_ms=630_000)
    begun = 14 * SECOND
    assert status_at(begun + 68 * SECOND, prompt(), *earlier, late).word is not StatusWord.WAITS
    result = status_at(begun + 70 * SECOND, prompt(), *earlier, late)
    assert (result.word, result.certain, result.subject) == (StatusWord.WAITS, False, "make test")
    assert result.evidence.startswith("it took 13 s before")
    tail = replace(late, subject="make test 2>&1 | tail -40")
    assert status_at(begun + 70 * SECOND, prompt(), *earlier, tail).word is StatusWord.WAITS
    other = replace(late, subject="make docs")
    assert status_at(begun + 70 * SECOND, prompt(), *earlier, other).word is StatusWord.UNKNOWN
    assert status_at(begun + 630 * SECOND, prompt(), *earlier, other).evidence.startswith("its timeout is over")


def test_only_the_oldest_call_of_an_agent_waits_for_approval() -> None:
    edits = [started(name, 1, ToolKind.EDIT, subject=name, approval_after_ms=5_000) for name in ("a.py", "b.py")]
    state = state_after(prompt(), *edits)
    evidence = call_evidence(state)
    oldest, second = state.log.open
    assert liveness(oldest, T0 + 9 * SECOND, 0, evidence) is Liveness.AWAITING_USER
    assert liveness(second, T0 + 9 * SECOND, 0, evidence) is Liveness.HELD
    assert status(state, T0 + 9 * SECOND).subject == "a.py"


def test_edit_beside_an_agent_waits_for_approval() -> None:
    calls = (started("x", 1, ToolKind.AGENT), started("y", 2, ToolKind.EDIT, subject="y", approval_after_ms=5_000))
    assert status_at(9 * SECOND, prompt(), *calls).word is StatusWord.WAITS


def looks(count: int, subject: str = "make lint", chars: int = 40) -> list[Event]:
    events: list[Event] = []
    for number in range(count):
        events += [started(f"l{number}", 10 * number + 1, subject=subject)]
        events += [finished(f"l{number}", 10 * number + 5, output="x" * (chars or number))]
    return events


def test_same_call_with_the_same_result_again_and_again_is_stuck() -> None:
    assert status_at(60, prompt(), *looks(3)).word is StatusWord.THINKING
    result = status_at(60, prompt(), *looks(4))
    assert (result.word, result.subject, result.certain) == (StatusWord.STUCK, "make lint", False)
    assert result.evidence.startswith("the same call had the same result 4 times")


@pytest.mark.parametrize(
    "events",
    [
        looks(4, subject="gh run watch 7"),
        looks(4, subject="sleep 5 && cat log"),
        looks(4, chars=0),
        [*looks(4), prompt(50), started("n", 51), finished("n", 52)],
        [*looks(4), started("e", 25, ToolKind.EDIT), finished("e", 26)],
        [*looks(4), message(70), turn(80, Turn.DONE)],
    ],
    ids=["poll", "sleep", "other results", "asked again", "change", "done"],
)
def test_repetition_that_gets_somewhere_is_not_stuck(events: list[Event]) -> None:
    assert status_at(90, prompt(), *events).word is not StatusWord.STUCK


def test_failures_that_show_other_parts_of_one_output_are_the_same() -> None:
    events: list[Event] = [prompt()]
    for number, subject in enumerate(("make test", "make test 2>&1 | tail -5", "make test | tail -20")):
        events += [started(f"t{number}", 10 * number + 1, subject=subject)]
        events += [finished(f"t{number}", 10 * number + 5, CallState.FAILED)]
    assert status_at(60, *events).word is StatusWord.STUCK
