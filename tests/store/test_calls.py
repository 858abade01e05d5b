"""Calls and their changes: read in any order, from any source, counted once."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.builders import APPLE, NOON, change, filled, finished, ingest, record_of, recorded_call, started
from tui_monitor.events import (
    CallFinished,
    CallProgress,
    CallState,
    ChangeKind,
    Event,
    Measure,
    SourceRef,
    Tokens,
    ToolKind,
)
from tui_monitor.merge.calls import START
from tui_monitor.store import Store, private_store
from tui_monitor.totals import AgentTotal, FileTotal


@pytest.mark.parametrize("state", list(CallState))
def test_failed_excludes_rejected_and_an_open_call_is_neither(store: Store, state: CallState) -> None:
    ingest(store, started("c1"), *([finished("c1", state=state)] if state is not CallState.OPEN else []))
    totals = store.totals(APPLE)
    assert (totals.calls, totals.failed, totals.rejected) == (1, int(state.failed), int(state.rejected))


def test_result_may_be_read_before_its_call(store: Store) -> None:
    ingest(store, finished("c1", state=CallState.FAILED))
    assert store.totals(APPLE).calls == 0
    ingest(store, started("c1", agent="helper"))
    totals = store.totals(APPLE)
    assert (totals.calls, totals.failed) == (1, 1)
    assert totals.agents == (AgentTotal("helper", calls=1),)


def test_later_result_wins_whichever_is_read_first(store: Store) -> None:
    early = finished("c1", at=NOON + 5, state=CallState.FAILED)
    late = finished("c1", at=NOON + 9, state=CallState.OK)
    for order in ([early, late], [late, early]):
        other = filled(started("c1"), *order)
        assert recorded_call(other).record.state is CallState.OK
        assert other.totals(APPLE).failed == 0
        other.close()


def test_end_of_a_background_call_wins_over_its_first_answer() -> None:
    answer = replace(finished("c1", at=NOON + 9, state=CallState.BACKGROUND), duration_ms=30, output="began")
    end = finished("c1", at=NOON + 5, state=CallState.FAILED)
    for order in ([answer, end], [end, answer]):
        store = filled(started("c1"), *order)
        record = recorded_call(store).record
        assert (record.state, record.measured_ms) == (CallState.FAILED, None)
        store.close()


def test_fields_that_the_better_source_leaves_out_are_filled_by_the_other() -> None:
    transcript = replace(finished("c1", at=NOON + 3, output="long text"), exit_code=0, measure=Measure(3, "lines", 9))
    export = replace(
        finished("c1", at=NOON + 4), duration_ms=12, approved=False, approval="user", tokens=Tokens(1, 2, 3, 4, 5, 6)
    )
    for order in ([transcript, export], [export, transcript]):
        store = filled(started("c1"), *order)
        call = recorded_call(store)
        assert call.content.output == "long text"
        assert (call.record.exit_code, call.record.measure, call.record.measured_ms) == (0, Measure(3, "lines", 9), 12)
        assert (call.record.approved, call.record.approval) == (False, "user")
        assert (call.record.tokens, call.record.finished) == (Tokens(1, 2, 3, 4, 5, 6), NOON + 4)
        store.close()


def test_telemetry_completes_an_exact_result_and_replaces_nothing() -> None:
    exact = replace(finished("c1", at=NOON + 3, changes=(change("/p/a"),), output="done"), exit_code=0)
    export = replace(
        finished("c1", at=NOON + 4, state=CallState.FAILED, output="cut"),
        exit_code=9,
        duration_ms=12,
        approved=True,
        approval="user",
        exact=False,
    )
    for order in ([exact, export], [export, exact]):
        store = filled(started("c1"), *order)
        call = recorded_call(store)
        assert (call.record.state, call.record.finished, call.record.exit_code) == (CallState.OK, NOON + 3, 0)
        assert (call.record.measured_ms, call.record.approved, call.record.approval) == (12, True, "user")
        assert (call.content.output, len(call.content.changes)) == ("done", 1)
        assert store.totals(APPLE).lines_added == 2
        store.close()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_telemetry_neither_ends_nor_times_a_background_call(order: tuple[int, ...]) -> None:
    answer = finished("c1", at=NOON + 30, state=CallState.BACKGROUND, output="began")
    export = replace(finished("c1", at=NOON + 40), duration_ms=25, exact=False)
    end = finished("c1", at=NOON + 600_000, output="ended")
    store = filled(started("c1"), *((answer, export, end)[index] for index in order))
    call = recorded_call(store)
    assert (call.record.state, call.record.ended, call.record.measured_ms) == (CallState.OK, end.at, None)
    assert call.content.output == "ended"
    store.close()


def test_telemetry_alone_ends_a_call() -> None:
    store = filled(replace(started("c1"), exact=False), replace(finished("c1", state=CallState.FAILED), exact=False))
    assert recorded_call(store).record.state is CallState.FAILED
    store.close()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_exact_source_decides_the_agent_of_a_call(order: tuple[int, ...]) -> None:
    unknown = replace(started("c1"), subject="", note="by telemetry", exact=False)
    span = replace(started("c1", agent="span"), exact=False)
    exact = started("c1", agent="helper")
    events = (unknown, span, exact)
    store = filled(*(events[index] for index in order))
    assert store.totals(APPLE).agents == (AgentTotal("helper", calls=1),)
    record = recorded_call(store).record
    assert (record.agent, record.subject, record.note) == ("helper", "run c1", "by telemetry")
    store.close()
    without = filled(*(events[index] for index in order if index != 2))
    assert without.totals(APPLE).agents == (AgentTotal("span", calls=1),)
    without.close()


def test_repeated_call_keeps_fields_that_are_empty_in_the_repetition(store: Store) -> None:
    first = replace(
        started("c1", at=NOON + 5),
        note="why",
        input='{"a": 1}',
        parent="c0",
        model="model-a",
        timeout_ms=9,
        ref=SourceRef("/logs/a", 3, 4),
    )
    ingest(store, first)
    ingest(store, replace(started("c1", at=NOON), uid="hook", subject="", kind=ToolKind.OTHER), finished("c1"))
    expected = record_of(first)
    record = recorded_call(store).record
    assert {name: getattr(record, name) for name in START} == {name: getattr(expected, name) for name in START}
    assert (record.started, record.start_rank) == (NOON, expected.start_rank)


def test_call_that_an_agent_repeats_belongs_to_the_main_chain(store: Store) -> None:
    ingest(store, started("c1", agent="helper"), started("c1"), started("c1", agent="other"))
    assert store.totals(APPLE).agents == (AgentTotal("", calls=1),)


def test_latest_progress_wins(store: Store) -> None:
    early = CallProgress(session=APPLE, at=NOON + 1, call="c1", doing="hook check.sh")
    late = CallProgress(session=APPLE, at=NOON + 2, call="c1", doing="running", elapsed_ms=900, lines=7)
    ingest(store, started("c1"), late, early)
    record = recorded_call(store).record
    assert (record.progress_at, record.doing, record.elapsed_ms, record.progress_lines) == (late.at, "running", 900, 7)


def test_files_changed_are_distinct_paths_and_reading_is_no_change(store: Store) -> None:
    changes = (change("/p/a"), change("/p/b", 5, 0, ChangeKind.CREATE), change("/p/c", 0, 0, ChangeKind.READ))
    ingest(store, started("c1"), finished("c1", changes=changes), started("c2"))
    ingest(store, finished("c2", at=NOON + 5000, changes=(change("/p/a", 1, 1),)))
    totals = store.totals(APPLE)
    assert (totals.files_changed, totals.lines_added, totals.lines_removed) == (2, 8, 2)
    assert totals.files == (FileTotal("/p/a", 2, 3, 2, NOON + 5000), FileTotal("/p/b", 1, 5, 0, NOON + 1000))


def test_changes_whose_lines_are_not_known_are_counted(store: Store) -> None:
    unknown, gone = change("/p/a", 0, 0), change("/p/b", 0, 0, ChangeKind.DELETE)
    empty, moved = change("/p/c", 0, 0, ChangeKind.CREATE), change("/p/d", 0, 0, ChangeKind.RENAME)
    ingest(store, started("c1"), finished("c1", changes=(unknown, gone, empty, moved, change("/p/a"))))
    totals = store.totals(APPLE)
    assert (totals.uncounted, totals.lines_added, totals.lines_removed) == (2, 2, 1)
    assert {file.path: file.uncounted for file in totals.files} == {"/p/a": 1, "/p/b": 1, "/p/c": 0, "/p/d": 0}
    assert [one.totals.uncounted for one in (*store.sessions(), *store.sessions(since=NOON))] == [2, 2]
    assert (store.overall().uncounted, store.overall(since=NOON).uncounted) == (2, 2)
    ingest(store, finished("c1", changes=(change("/p/a"), gone)))
    assert store.totals(APPLE).uncounted == 1


def test_repeated_changes_replace_the_existing_ones(store: Store) -> None:
    ingest(store, started("c1"), finished("c1", changes=(change("/p/a"), change("/p/b"))))
    ingest(store, finished("c1", changes=(change("/p/a", 7, 0),)))
    ingest(store, finished("c1", at=NOON + 2000))
    ingest(store, finished("c1", at=NOON, changes=(change("/p/older"),)))
    totals = store.totals(APPLE)
    assert (totals.files_changed, totals.lines_added, totals.lines_removed) == (1, 7, 0)
    assert [one.path for one in recorded_call(store).content.changes] == ["/p/a"]


def test_changes_of_a_result_without_its_call_do_not_count_yet(store: Store) -> None:
    ingest(store, finished("c1", changes=(change("/p/a"),)))
    assert store.totals(APPLE).files_changed == 0
    ingest(store, started("c1"))
    assert store.totals(APPLE).files_changed == 1


def test_sums_of_a_file_are_those_of_its_calls_however_they_are_split_into_batches(store: Store) -> None:
    """Sums are moved by what a call adds, and made again where a call that was there changes."""
    paths = [f"/p/{number}" for number in range(3)]
    events: list[Event] = []
    for number in range(12):
        changes = tuple(change(path, number, 1) for path in paths[: 1 + number % 3])
        events += [
            finished(f"c{number}", at=NOON + number * 1000, changes=changes),
            *([started(f"c{number}", at=NOON)] if number != 5 else []),  # its call is not there yet
            finished(f"c{number}", at=NOON + number * 1000 + 500, changes=changes[:1]),
        ]
    events.append(started("c5", at=NOON))
    ingest(store, *events)
    for size in (1, 2, 5):
        with closing(private_store()) as other:
            for begin in range(0, len(events), size):
                ingest(other, *events[begin : begin + size])
            assert other.totals(APPLE).files == store.totals(APPLE).files
    assert [total.changes for total in store.totals(APPLE).files] == [12]


def test_new_change_costs_the_same_however_often_a_file_was_changed(store: Store) -> None:
    ingest(store, started("c1"), finished("c1", changes=(change("/p/a", 1),)))
    statements: list[str] = []
    store._database.connection.set_trace_callback(statements.append)
    ingest(store, started("c2"), finished("c2", changes=(change("/p/a", 2),)))
    assert not [statement for statement in statements if "changes.file = files.id" in statement]
    assert store.totals(APPLE).files[0].changes == 2


def test_only_the_hundred_files_changed_last_are_listed(store: Store) -> None:
    for n in range(120):
        ingest(store, started(f"c{n}"), finished(f"c{n}", at=NOON + n, changes=(change(f"/p/{n}"),)))
    totals = store.totals(APPLE)
    assert totals.files_changed == 120
    assert [one.path for one in totals.files] == [f"/p/{n}" for n in range(119, 19, -1)]


MEASURED = [(0, True), (2, None), (4, False), (10, True), (13, None), (21, False), (40, True)]
"""Seconds after noon, and who measured then: an exact source, telemetry, nobody."""


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(MEASURED), min_size=1, unique=True),
    st.sampled_from([CallState.OK, CallState.BACKGROUND]),
    st.data(),
)
def test_duration_does_not_depend_on_the_order_of_reading(
    measurers: list[tuple[int, bool | None]], state: CallState, data: st.DataObject
) -> None:
    results: list[CallFinished] = []
    for seconds, exact in measurers:
        result = finished("c1", at=NOON + seconds * 1000, state=CallState.OK if seconds else state)
        results.append(replace(result, duration_ms=None if exact is None else 10 + seconds, exact=exact is not False))
    shuffled = data.draw(st.permutations(results))
    with closing(filled(started("c1"), *results)) as first, closing(filled(started("c1"), *shuffled)) as other:
        assert recorded_call(first).record == recorded_call(other).record


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_exact_measurement_without_a_time_wins_over_telemetry(order: tuple[int, ...]) -> None:
    hook = replace(finished("c1", at=0), duration_ms=10)
    export = replace(finished("c1", at=NOON + 4), duration_ms=11, exact=False)
    transcript = finished("c1", at=NOON + 5)
    store = filled(started("c1"), *((hook, export, transcript)[index] for index in order))
    assert recorded_call(store).record.measured_ms == 10
    store.close()
