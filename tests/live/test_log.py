"""The log: calls are keyed, ordered by time, and bounded."""

import random
from dataclasses import replace

from tests.live.events_builder import SESSION, T0, apply_all, finished, started, state_after
from tui_monitor.events import CallProgress, CallState, Change, ChangeKind, Event, Prompt, RetryUpdate
from tui_monitor.live.body_cache import BodyCache
from tui_monitor.live.entries import Call, Mark, MarkKind
from tui_monitor.live.log import MAX_MARKS, MAX_OPEN, MAX_PENDING, CallLog
from tui_monitor.live.status import StatusWord, status


def ids(log: CallLog) -> list[str]:
    return [entry.id if isinstance(entry, Call) else entry.text for entry in log.entries]


def call_of(log: CallLog, name: str) -> Call:
    call = log.get(name)
    assert call is not None
    return call


def test_closed_calls_are_ordered_by_their_end() -> None:
    state = state_after(started("a", 0), started("b", 1), finished("b", 5), finished("a", 9))
    assert ids(state.log) == ["b", "a"]
    assert state.log.open == []


def test_mark_stands_between_calls_once() -> None:
    prompt = Prompt(session=SESSION, at=T0 + 6, text="go on")
    state = state_after(started("a", 0), finished("a", 5), prompt, prompt, started("b", 7), finished("b", 8))
    assert ids(state.log) == ["a", "go on", "b"]


def test_older_file_read_later_is_sorted_in() -> None:
    state = state_after(started("late", 50), finished("late", 60), started("early", 1), finished("early", 2))
    assert ids(state.log) == ["early", "late"]


def test_later_result_leaves_the_call_in_place() -> None:
    state = state_after(started("a", 0), finished("a", 1), started("b", 2), finished("b", 3))
    apply_all(state, finished("a", 9, CallState.FAILED, error="boom"))
    assert ids(state.log) == ["a", "b"]
    call = call_of(state.log, "a")
    assert (call.state, call.error, call.ended) == (CallState.FAILED, "boom", T0 + 9)


def test_result_read_before_its_call_is_joined() -> None:
    state = state_after(finished("a", 5, output="done"), CallProgress(session=SESSION, at=T0 + 2, call="a", doing="x"))
    assert len(state.log) == 0
    assert state.log.get("a") is None
    apply_all(state, started("a", 0))
    call = call_of(state.log, "a")
    assert (call.state, call.output, call.doing, call.duration_ms) == (CallState.OK, "done", "x", 5)
    assert ids(state.log) == ["a"]


def test_result_dated_before_its_call_closes_it_after_its_start() -> None:
    state = state_after(started("a", 5), finished("a", 4, output="a"))
    call = call_of(state.log, "a")
    assert (call.state, call.ended, call.duration_ms) == (CallState.OK, T0 + 5, None)
    assert state.log.open == []


def test_pending_results_are_bounded() -> None:
    state = state_after(*(finished(f"c{number}", 9) for number in range(MAX_PENDING + 1)))
    apply_all(state, started("c0", 0), started("c1", 0))
    assert [call.id for call in state.log.open] == ["c0"]
    assert ids(state.log) == ["c1"]


def test_telemetry_completes_a_call_and_replaces_nothing_in_it() -> None:
    diff = Change(ChangeKind.MODIFY, "/p/a", "@@ -1 +1 @@\n-a\n+b\n", 1, 1)
    exact = [started("a", 0, agent="helper"), finished("a", 5, agent="helper", output="done", changes=(diff,))]
    export = [
        started("a", 1, subject="make", exact=False),
        finished("a", 6, CallState.FAILED, duration_ms=4, approval="user", exact=False),
    ]
    for order in ([*exact, *export], [*export, *exact]):
        call = call_of(state_after(*order).log, "a")
        assert (call.agent, call.subject, call.state, call.ended) == ("helper", "make", CallState.OK, T0 + 5)
        assert (call.changes, call.added, call.output) == ((diff,), 1, "done")
        assert (call.measured_ms, call.approval) == (4, "user")


def test_telemetry_does_not_end_a_background_call() -> None:
    begun = [started("a", 0), finished("a", 5, CallState.BACKGROUND, output="began")]
    export = finished("a", 6, duration_ms=4, exact=False)
    for order in ([*begun, export], [begun[0], export, begun[1]]):
        state = state_after(*order)
        call = call_of(state.log, "a")
        assert (call.state, call.ended, call.output) == (CallState.BACKGROUND, 0, "began")
        apply_all(state, finished("a", 60_000, output="ended"), export)
        assert (call.state, call.output, call.measured_ms) == (CallState.OK, "ended", None)


def test_events_in_any_order_and_repeated_give_the_same_entries() -> None:
    events: list[Event] = []
    for number in range(30):
        events += [started(f"c{number}", number * 10), finished(f"c{number}", number * 10 + 15)]
    expected = ids(state_after(*events).log)
    for seed in range(20):
        shuffled = random.Random(seed).sample(events, len(events))
        assert ids(state_after(*shuffled, *shuffled).log) == expected


def test_oldest_of_many_open_calls_are_abandoned() -> None:
    state = state_after(*(started(f"c{number}", number) for number in range(MAX_OPEN + 3)))
    assert len(state.log.open) == MAX_OPEN
    assert ids(state.log) == ["c0", "c1", "c2"]
    apply_all(state, finished("c1", 500))
    assert ids(state.log) == ["c0", "c2", "c1"]
    apply_all(state, finished("c9", 501))
    assert ids(state.log) == ["c0", "c1", "c9"]
    assert state.log.open[0].id == "c2"
    assert not call_of(state.log, "c2").closed


def test_background_call_stays_open_until_it_ends() -> None:
    state = state_after(started("a", 0), finished("a", 1, CallState.BACKGROUND))
    assert [call.id for call in state.log.open] == ["a"]
    apply_all(state, finished("a", 900))
    assert ids(state.log) == ["a"]


def test_oldest_calls_are_evicted() -> None:
    log = CallLog(capacity=10)
    for number in range(25):
        log.apply(started(f"c{number}", number))
        log.apply(finished(f"c{number}", number))
    assert ids(log) == [f"c{number}" for number in range(15, 25)]
    assert log.evicted_entries == 15
    assert log.get("c3") is None
    assert log.apply(finished("c3", 99)) is None
    assert log.main_times == (T0 + 24, T0 + 24)


def test_eviction_of_an_abandoned_call_leaves_the_others_open() -> None:
    log = CallLog(capacity=1)
    for number in range(MAX_OPEN + 3):
        log.apply(started(f"c{number}", number))
    assert ids(log) == ["c2"]
    assert [call.id for call in log.open] == [f"c{number}" for number in range(3, MAX_OPEN + 3)]
    for number in range(3, MAX_OPEN + 3):
        log.apply(finished(f"c{number}", 100 + number))
    assert [call.id for call in log.open] == ["c2"]
    assert ids(log) == [f"c{MAX_OPEN + 2}"]


def test_texts_are_bounded_together() -> None:
    bodies = BodyCache(limit=1000)
    logs = [CallLog(bodies=bodies), CallLog(bodies=bodies)]
    change = Change(ChangeKind.MODIFY, "a.py", "x" * 200, added=1)
    for number in range(10):
        logs[number % 2].apply(started(f"c{number}", number))
        logs[number % 2].apply(finished(f"c{number}", number, output="o" * 200, changes=(change,)))
    whole = [call for log in logs for call in log.calls() if not call.trimmed]
    assert sum(call.size for call in whole) <= 1000
    assert {call.id for call in whole} == {"c8", "c9"}
    trimmed = call_of(logs[0], "c0")
    assert trimmed.trimmed
    assert (trimmed.added, trimmed.changes[0].path, trimmed.output) == (1, "a.py", "")


def test_many_marks_are_evicted_and_evict_no_call() -> None:
    log = CallLog(capacity=2)
    log.apply(started("a", 0))
    log.apply(finished("a", 1))
    for number in range(3 * MAX_MARKS):
        log.mark(Mark(MarkKind.PROMPT, T0 + 2 + number, str(number)))
    assert MAX_MARKS <= len(log.entries) <= MAX_MARKS * 5 // 4 + 1
    assert ids(log)[0] == "a"
    assert ids(log)[-1] == str(3 * MAX_MARKS - 1)


def test_retry_of_a_failure_is_one_row_in_any_order_and_repeated() -> None:
    for between_ms in (0, 400):
        failure = RetryUpdate(session=SESSION, at=T0 + 9, reason="overloaded")
        retry = replace(failure, at=failure.at + between_ms, wait_ms=2000, failed_at=failure.at)
        for events in ((failure, retry), (retry, failure), (failure, retry, failure, retry)):
            state = state_after(*events)
            assert state.log.entries == [Mark(MarkKind.RETRY, retry.at, "overloaded", duration_ms=2000)]
            assert status(state, retry.at + 1).word is StatusWord.RETRYING


def test_failure_that_is_given_up_is_one_row() -> None:
    failure = RetryUpdate(session=SESSION, at=T0 + 9, reason="overloaded")
    for between_ms in (0, 400):
        state = state_after(failure, replace(failure, at=failure.at + between_ms, failed_at=failure.at))
        assert [mark.kind for mark in state.log.entries if isinstance(mark, Mark)] == [MarkKind.GAVE_UP]
