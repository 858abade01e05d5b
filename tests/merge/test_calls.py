"""The record of a call: agents, kinds, states and times, whatever the order of reading."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from tests.live.events_builder import SESSION, T0, finished, started
from tui_monitor.events import MAIN, CallProgress, CallState, Measure, SourceRef, ToolKind
from tui_monitor.merge.calls import MAX_SUBJECT, CallEvent, CallRecord
from tui_monitor.merge.text_volume import MAX_BODY


def record_of(*events: CallEvent) -> CallRecord:
    record = CallRecord()
    for event in events:
        record.apply(event)
    return record


def records_of(*events: CallEvent) -> CallRecord:
    """The record of these events, which is the same in any order."""
    first, *others = (record_of(*order) for order in permutations(events))
    assert all(other == first for other in others)
    return first


def test_exact_source_wins_over_later_telemetry() -> None:
    exact = replace(started("a", 0, subject="make"), agent="helper")
    telemetry = started("a", 5, ToolKind.OTHER, subject="make test", note="n", exact=False)
    record = records_of(exact, telemetry)
    assert (record.agent, record.tool, record.kind) == ("helper", "shell", ToolKind.SHELL)
    assert (record.subject, record.note, record.started) == ("make", "n", T0)


def test_later_exact_start_wins_and_the_earliest_time_stays() -> None:
    record = records_of(started("a", 3, input="{}"), started("a", 9, subject="later", input='{"a": 1}'))
    assert (record.subject, record.input_chars, record.started) == ("later", 8, T0 + 3)


def test_unknown_kind_says_nothing() -> None:
    assert records_of(started("a", 0), started("a", 5, ToolKind.OTHER)).kind is ToolKind.SHELL


def test_call_that_an_agent_repeats_belongs_to_the_main_chain() -> None:
    repeated = [replace(started("a", at), agent=agent) for at, agent in ((0, MAIN), (5, "helper"), (9, "other"))]
    assert records_of(*repeated).agent == MAIN
    assert records_of(*repeated[1:]).agent == "helper"


def test_telemetry_that_knows_the_agent_wins_over_telemetry_that_does_not() -> None:
    unknown, span = started("a", 9, exact=False), replace(started("a", 0, exact=False), agent="span")
    assert records_of(unknown, span).agent == "span"


def test_end_wins_over_a_later_answer_from_the_background() -> None:
    answer = finished("a", 9, CallState.BACKGROUND, output="began", exit_code=0, measure=Measure(1, "lines"))
    record = records_of(started("a", 0), answer, finished("a", 5, CallState.FAILED))
    assert (record.state, record.ended, record.exit_code, record.measure) == (CallState.FAILED, T0 + 5, None, None)


def test_exact_answer_from_the_background_wins_over_the_end_by_telemetry() -> None:
    record = records_of(started("a", 0), finished("a", 1, CallState.BACKGROUND), finished("a", 5, exact=False))
    assert (record.state, record.ended, record.result_at, record.at) == (CallState.BACKGROUND, 0, T0 + 1, T0)


def test_later_result_wins_and_the_call_stays_at_its_first_end() -> None:
    record = records_of(started("a", 0), finished("a", 3, output="x"), finished("a", 9, CallState.FAILED, error="y"))
    assert (record.state, record.ended, record.at) == (CallState.FAILED, T0 + 9, T0 + 3)
    assert (record.output_chars, record.error_chars) == (1, 1)


def test_first_end_is_an_exact_one_if_there_is_any() -> None:
    assert records_of(started("a", 0), finished("a", 1, exact=False), finished("a", 5), finished("a", 9)).at == T0 + 5


def test_result_dated_before_its_call_ends_it_at_its_start() -> None:
    record = records_of(started("a", 5), finished("a", 4))
    assert (record.ended, record.at, record.duration_ms) == (T0 + 5, T0 + 5, None)


def test_result_without_a_time_ends_the_call() -> None:
    record = records_of(started("a", 5), replace(finished("a", 0), at=0))
    assert (record.state, record.ended, record.at) == (CallState.OK, 0, T0 + 5)


def test_result_without_a_call_is_not_started() -> None:
    assert not record_of(finished("a", 4)).is_started
    record = record_of(finished("a", 4), started("a", 1))
    assert (record.is_started, record.duration_ms) == (True, 3)


def test_later_progress_wins_and_empty_fields_leave_the_existing_ones() -> None:
    signs = [
        CallProgress(session=SESSION, at=T0 + at, call="a", doing=doing, elapsed_ms=elapsed)
        for at, doing, elapsed in ((1, "hook check.sh", None), (3, "", 900), (2, "running", 5))
    ]
    record = records_of(*signs)
    assert (record.progress_at, record.doing, record.elapsed_ms) == (T0 + 3, "running", 900)


def test_sizes_are_bounded() -> None:
    record = record_of(started("a", 0, subject="s" * 9999, input="i" * 99_999), finished("a", 1, output="o" * 99_999))
    assert (len(record.subject), record.input_chars, record.result_chars) == (MAX_SUBJECT, MAX_BODY, MAX_BODY)


@pytest.mark.parametrize("cut", range(5))
def test_record_merges_that_of_earlier_events(cut: int) -> None:
    events: list[CallEvent] = [
        started("a", 3, subject="make", exact=False),
        finished("a", 9, CallState.BACKGROUND, output="began", approved=True),
        replace(started("a", 2, note="n"), agent="helper"),
        finished("a", 12, duration_ms=5, output="done"),
    ]
    later = record_of(*events[cut:])
    later.merge_earlier_record(record_of(*events[:cut]))
    assert later == record_of(*events)


def test_duration_leaves_out_the_time_that_a_person_took() -> None:
    record = records_of(started("a", 0), finished("a", 9_000, waited_ms=7_000))
    assert (record.duration_ms, record.waiting_ms, record.total_ms) == (2_000, 7_000, 9_000)


def test_call_that_a_person_allowed_has_waited_for_all_but_its_run_time() -> None:
    record = records_of(started("a", 0), finished("a", 9_000, duration_ms=2_000, approved=True, approval="user"))
    assert (record.duration_ms, record.waiting_ms) == (2_000, 7_000)


@pytest.mark.parametrize(("approved", "approval"), [(True, "policy"), (False, "user"), (None, "")])
def test_run_time_alone_says_nothing_about_waiting(approved: bool | None, approval: str) -> None:
    result = finished("a", 9_000, duration_ms=2_000, approved=approved, approval=approval)
    assert records_of(started("a", 0), result).waiting_ms is None


def test_waiting_is_unknown_without_a_run_time() -> None:
    record = records_of(started("a", 0), finished("a", 9_000, approved=True, approval="user"))
    assert (record.duration_ms, record.waiting_ms) == (9_000, None)


def test_question_waits_until_it_is_answered() -> None:
    assert records_of(started("a", 0, ToolKind.ASK), finished("a", 9_000)).waiting_ms == 9_000


def test_times_that_are_equal_measure_no_duration() -> None:
    assert records_of(started("a", 0), finished("a", 0)).duration_ms is None
    assert records_of(started("a", 0), finished("a", 0, duration_ms=0)).duration_ms == 0


def test_copies_of_one_instant_that_disagree_count_by_their_places() -> None:
    before, after = SourceRef("/b", 40, 9), SourceRef("/a", 70, 9)
    events: list[CallEvent] = [
        replace(started("a", 0, subject="make"), ref=before),
        replace(started("a", 0, subject="make test", note="n"), ref=after),
        replace(finished("a", 5, CallState.FAILED, output="no"), ref=before),
        replace(finished("a", 5, CallState.OK, output="done!"), ref=after),
    ]
    record = records_of(*events)
    assert (record.subject, record.note, record.state, record.output_chars) == ("make test", "n", CallState.OK, 5)
    for order in permutations(events):
        merged = record_of(*order[2:])
        merged.merge_earlier_record(record_of(*order[:2]))
        assert replace(merged, lower_ranks=None) == replace(record, lower_ranks=None)
