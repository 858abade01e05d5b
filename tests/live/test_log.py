"""Rows are keyed, ordered by their end, and bounded."""

import random

from tests.live.events_builder import SESSION, T0, apply_all, finished, started, state_after
from tui_monitor.events import CallState, Change, ChangeKind, Event, Prompt
from tui_monitor.live.entries import Call, Mark, MarkKind
from tui_monitor.live.log import MAX_MARKS, MAX_OPEN, BodyCache, CallLog


def ids(log: CallLog) -> list[str]:
    return [entry.id if isinstance(entry, Call) else entry.text for entry in log.entries]


def test_what_is_over_stands_in_the_order_of_its_end() -> None:
    state = state_after(started("a", 0), started("b", 1), finished("b", 5), finished("a", 9))
    assert ids(state.log) == ["b", "a"]
    assert state.log.open == []


def test_marks_stand_between_calls_once() -> None:
    prompt = Prompt(session=SESSION, at=T0 + 6, text="go on")
    state = state_after(started("a", 0), finished("a", 5), prompt, prompt, started("b", 7), finished("b", 8))
    assert ids(state.log) == ["a", "go on", "b"]


def test_an_older_file_read_later_is_sorted_in() -> None:
    state = state_after(started("late", 50), finished("late", 60), started("early", 1), finished("early", 2))
    assert ids(state.log) == ["early", "late"]


def test_a_result_told_again_updates_the_row_in_its_place() -> None:
    state = state_after(started("a", 0), finished("a", 1), started("b", 2), finished("b", 3))
    apply_all(state, finished("a", 9, CallState.FAILED, error="boom"))
    assert ids(state.log) == ["a", "b"]
    call = state.log.get("a")
    assert call is not None
    assert (call.state, call.error) == (CallState.FAILED, "boom")


def test_telemetry_completes_a_row_and_replaces_nothing_in_it() -> None:
    diff = Change(ChangeKind.MODIFY, "/p/a", "@@ -1 +1 @@\n-a\n+b\n", 1, 1)
    exact = [started("a", 0, agent="helper"), finished("a", 5, agent="helper", output="done", changes=(diff,))]
    export = [
        started("a", 1, subject="make", exact=False),
        finished("a", 6, CallState.FAILED, duration_ms=4, approval="user", exact=False),
    ]
    for order in ([*exact, *export], [*export, *exact]):
        call = state_after(*order).log.get("a")
        assert call is not None
        assert (call.agent, call.subject, call.state, call.ended) == ("helper", "make", CallState.OK, T0 + 5)
        assert (call.changes, call.added, call.output) == ((diff,), 1, "done")
        assert (call.measured_ms, call.approval) == (4, "user")


def test_telemetry_does_not_end_what_runs_in_the_background() -> None:
    begun = [started("a", 0), finished("a", 5, CallState.BACKGROUND, output="began")]
    export = finished("a", 6, duration_ms=4, exact=False)
    for order in ([*begun, export], [begun[0], export, begun[1]]):
        state = state_after(*order)
        call = state.log.get("a")
        assert call is not None
        assert (call.state, call.ended, call.output) == (CallState.BACKGROUND, 0, "began")
        apply_all(state, finished("a", 60_000, output="ended"), export)
        assert (call.state, call.output, call.measured_ms) == (CallState.OK, "ended", None)


def test_any_order_and_repetition_of_the_same_events_gives_the_same_rows() -> None:
    events: list[Event] = []
    for number in range(30):
        events += [started(f"c{number}", number * 10), finished(f"c{number}", number * 10 + 15)]
    expected = ids(state_after(*events).log)
    for seed in range(20):
        shuffled = random.Random(seed).sample(events, len(events))
        starts_first = sorted(shuffled * 2, key=lambda event: type(event).__name__ != "CallStarted")
        assert ids(state_after(*starts_first).log) == expected


def test_calls_that_never_end_are_left_behind() -> None:
    state = state_after(*(started(f"c{number}", number) for number in range(MAX_OPEN + 3)))
    assert len(state.log.open) == MAX_OPEN
    assert ids(state.log) == ["c0", "c1", "c2"]
    apply_all(state, finished("c1", 500))
    assert ids(state.log) == ["c0", "c1", "c2"]
    assert state.log.get("c1") in state.log.entries


def test_a_background_call_stays_open_until_it_ends() -> None:
    state = state_after(started("a", 0), finished("a", 1, CallState.BACKGROUND))
    assert [call.id for call in state.log.open] == ["a"]
    apply_all(state, finished("a", 900))
    assert ids(state.log) == ["a"]


def test_the_oldest_are_forgotten() -> None:
    log = CallLog(capacity=10)
    for number in range(25):
        log.start(started(f"c{number}", number))
        log.finish(finished(f"c{number}", number))
    assert ids(log) == [f"c{number}" for number in range(15, 25)]
    assert log.evicted_entries == 15
    assert log.get("c3") is None
    assert log.finish(finished("c3", 99)) is None


def test_bodies_are_bounded_together() -> None:
    bodies = BodyCache(limit=1000)
    logs = [CallLog(bodies=bodies), CallLog(bodies=bodies)]
    change = Change(ChangeKind.MODIFY, "a.py", "x" * 200, added=1)
    for number in range(10):
        logs[number % 2].start(started(f"c{number}", number))
        logs[number % 2].finish(finished(f"c{number}", number, output="o" * 200, changes=(change,)))
    held = [call for log in logs for call in log.calls() if not call.trimmed]
    assert sum(call.size for call in held) <= 1000
    assert [call.id for call in held] == ["c8", "c9"] or {call.id for call in held} == {"c8", "c9"}
    trimmed = logs[0].get("c0")
    assert trimmed is not None
    assert trimmed.trimmed
    assert (trimmed.added, trimmed.changes[0].path, trimmed.output) == (1, "a.py", "")


def test_many_marks_are_forgotten_and_drive_out_no_call() -> None:
    log = CallLog(capacity=2)
    log.start(started("a", 0))
    log.finish(finished("a", 1))
    for number in range(3 * MAX_MARKS):
        log.mark(Mark(MarkKind.PROMPT, T0 + 2 + number, str(number)))
    assert MAX_MARKS <= len(log.entries) <= MAX_MARKS * 5 // 4 + 1
    assert ids(log)[0] == "a"
    assert ids(log)[-1] == str(3 * MAX_MARKS - 1)
