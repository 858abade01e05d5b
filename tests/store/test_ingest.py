"""Batches are written wholly or not at all, and once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import (
    APPLE,
    BIRCH,
    NOON,
    batch,
    batches,
    events_of,
    finished,
    ingest,
    recorded_call,
    started,
    usage,
)
from tui_monitor.events import Health, Prompt, Rank, Rates, SessionKey, Tokens
from tui_monitor.store import Store, StoreError, StoreHealth, intern, open_store, private_store


def test_batch_at_the_stored_cursor_is_accepted_and_moves_it(store: Store) -> None:
    result = store.ingest(batch([usage("r1"), usage("r2", BIRCH)], "", "10"))
    assert (result.accepted, result.cursor, result.sessions) == (True, "10", frozenset({APPLE, BIRCH}))
    (checkpoint,) = store.checkpoints("file-1")
    assert (checkpoint.cursor, checkpoint.state) == ("10", '{"at": "10"}')


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=900))
def test_parser_gets_back_its_state_however_long(state: str) -> None:
    with closing(private_store()) as store:
        for long in (state, state * 40):
            (before,) = [one.cursor for one in store.checkpoints("file-1")] or [""]
            some = batch([usage("r1")], before, f"{before}1")
            after = replace(some.after, state=long)
            assert store.ingest(replace(some, after=after)).accepted
            assert store.checkpoints("file-1") == [after]


def test_long_state_is_stored_compressed(path: Path) -> None:
    some = batch([usage("r1")])
    with closing(open_store(path)) as store:
        store.ingest(replace(some, after=replace(some.after, state="[1, 2]" * 1000)))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT length(state) < 100 FROM checkpoints").fetchall() == [(1,)]


@pytest.mark.parametrize("before", ["", "5", "11"])
def test_batch_at_another_cursor_is_refused_with_the_stored_one(store: Store, before: str) -> None:
    store.ingest(batch([usage("r1")], "", "10"))
    result = store.ingest(batch([usage("r2")], before, "20"))
    assert (result.accepted, result.cursor, result.sessions) == (False, "10", frozenset({APPLE}))
    assert store.totals(APPLE).amount.requests == 1


def test_refused_batch_does_not_refuse_the_others(store: Store) -> None:
    store.ingest(batch([usage("r1")], "", "10", source="file-1"))
    results = store.ingest_all(
        [
            batch([usage("r2", BIRCH)], "", "5", source="file-2"),
            batch([usage("r3")], "7", "20", source="file-1"),
            batch([usage("r4", BIRCH)], "5", "8", source="file-2"),
        ]
    )
    assert [(result.accepted, result.cursor) for result in results] == [(True, "5"), (False, "10"), (True, "8")]
    assert results[1].sessions == {APPLE}
    assert (store.totals(APPLE).amount.requests, store.totals(BIRCH).amount.requests) == (1, 2)
    assert [checkpoint.cursor for checkpoint in store.checkpoints("file-")] == ["10", "8"]
    assert store.sessions_of("file-2") == [BIRCH]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), max_size=12), st.data())
def test_batches_joined_in_any_way_give_the_same_store(steps: list[tuple[int, int]], data: st.DataObject) -> None:
    ends: dict[int, int] = {}
    sequence = []
    for source, size in steps:
        start = ends.get(source, 0)
        ends[source] = start + size
        events = [usage(f"{source} {n}", (APPLE, BIRCH)[source % 2]) for n in range(start, start + size)]
        sequence.append(batch(events, str(start) if start else "", str(start + size), source=f"file-{source}"))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sequence)), max_size=4)))
    with closing(private_store()) as joined, closing(private_store()) as single:
        for start, end in zip([0, *cuts], [*cuts, len(sequence)], strict=True):
            assert all(result.accepted for result in joined.ingest_all(sequence[start:end]))
        for one in sequence:
            assert single.ingest(one).accepted
        for session in (APPLE, BIRCH):
            assert joined.totals(session) == single.totals(session)
        assert joined.checkpoints("") == single.checkpoints("")
        assert joined.health() == single.health()


def test_new_adapter_version_reads_again_and_counts_nothing_twice(store: Store) -> None:
    events = [usage("r1"), started("c1"), finished("c1"), Prompt(session=APPLE, at=NOON, text="go")]
    store.ingest(batch(events, "", "10"))
    before = (store.totals(APPLE), store.history(APPLE))
    assert not store.ingest(batch([], "10", "20", version=2)).accepted
    assert store.ingest(batch(events, "", "10", version=2)).accepted
    assert (store.totals(APPLE), store.history(APPLE)) == before
    assert store.health() == StoreHealth(files=1, lines=4, skipped=0, unknown=0, errors=())


def test_same_lines_in_another_file_add_nothing(store: Store) -> None:
    events = [usage("r1"), started("c1"), finished("c1"), Prompt(session=APPLE, at=NOON, text="go")]
    for source in ("file-1", "file-2"):
        for one in batches(events, 2, source):
            assert store.ingest(one).accepted
    totals = store.totals(APPLE)
    assert (totals.amount.requests, totals.calls, len(events_of(store))) == (1, 1, 1)


def test_reopened_store_answers_the_same(file_store: Store, path: Path) -> None:
    for one in batches([usage("r1"), started("c1"), finished("c1")], 1):
        file_store.ingest(one)
    again = open_store(path)
    assert again.totals(APPLE) == file_store.totals(APPLE)
    assert again.history(APPLE) == file_store.history(APPLE)
    assert again.checkpoints("") == file_store.checkpoints("")
    again.close()


def test_two_stores_on_one_file_alternate(file_store: Store, path: Path) -> None:
    other = open_store(path)
    assert file_store.ingest(batch([usage("r1")], "", "1")).accepted
    assert other.ingest(batch([usage("r1")], "", "1")).cursor == "1"
    assert other.ingest(batch([usage("r1", output=50)], "1", "2")).accepted
    assert file_store.ingest(batch([usage("r2")], "2", "3")).accepted
    assert file_store.totals(APPLE) == other.totals(APPLE)
    assert file_store.totals(APPLE).amount.output == 55
    other.close()


def test_failed_batch_changes_nothing(file_store: Store) -> None:
    ingest(file_store, usage("r1"), started("c0"))
    before = (file_store.totals(APPLE), file_store.history(APPLE), file_store.checkpoints(""))
    connection = file_store._database.connection
    connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0] + 2}")
    many = [event for n in range(500) for event in (usage(f"x{n}"), started(f"c{n}"))]
    with pytest.raises(StoreError, match="No space left"):
        ingest(file_store, *many)
    assert (file_store.totals(APPLE), file_store.history(APPLE), file_store.checkpoints("")) == before
    connection.execute("PRAGMA max_page_count = 100000")
    assert ingest(file_store, *many).accepted
    assert (file_store.totals(APPLE).amount.requests, file_store.totals(APPLE).calls) == (501, 500)


def test_database_locked_by_another_writer_is_reported(file_store: Store, path: Path) -> None:
    other = open_store(path)
    file_store._database.connection.execute("PRAGMA busy_timeout = 1")
    with other._database.writing(), pytest.raises(StoreError, match="being written by another program"):
        ingest(file_store, usage("r1"))
    assert ingest(file_store, usage("r1")).accepted
    other.close()


def test_numbers_beyond_64_bits_and_lone_surrogates_are_clamped(store: Store) -> None:
    huge = replace(usage("r1"), tokens=Tokens(input=10**30, output=-(10**30)))
    odd = replace(started("c1"), subject="half \ud800 a pair\x00nul", timeout_ms=2**70)
    assert ingest(store, huge, odd, Prompt(session=APPLE, at=NOON, text="\udfff")).accepted
    assert store.totals(APPLE).amount.input == 2**53
    assert store.totals(APPLE).amount.cost < 2**63
    (prompt,) = events_of(store)
    assert isinstance(prompt, Prompt)
    assert prompt.text == "?"
    assert recorded_call(store).record.subject == "half ? a pair\x00nul"


def test_costs_beyond_64_bits_are_summed_exactly(store: Store) -> None:
    dear = replace(usage("r1"), tokens=Tokens(input=10**9, output=7), rates=Rates(input=10**12, output=3))
    for name in ("r1", "r2", "r3"):
        ingest(store, replace(dear, strong_ids=(name,)))
    cost = 10**21 + 21
    for amount in (store.totals(APPLE).amount, store.overall().amount, store.overall(since=0).amount):
        assert (amount.cost, amount.requests) == (3 * cost, 3)
    (model,) = store.models()
    (summary,) = store.sessions()
    assert model.amount.cost == summary.totals.amount.cost == 3 * cost
    assert [row.cost for row in store.agent_telemetry("demo/apple/main")] == [float(cost)] * 3
    assert store.agent_amounts()["demo/apple/main"].cost == 3 * cost


def test_cost_that_shrinks_below_64_bits_is_exact_again(store: Store) -> None:
    dear = replace(usage("r1"), tokens=Tokens(input=10**9), rates=Rates(input=10**12), rank=Rank.PARTIAL)
    ingest(store, dear)
    ingest(store, replace(dear, tokens=Tokens(input=7), rates=Rates(input=11), rank=Rank.FINAL))
    assert store.totals(APPLE).amount.cost == 77


def test_sums_of_counts_do_not_overflow(store: Store) -> None:
    for number in range(3):
        session = SessionKey("demo", f"s{number}")
        ingest(store, replace(usage(f"r{number}", session), tokens=Tokens(input=2**62, output=2**62)))
    assert store.overall().amount.input == 2**63 - 1
    assert len(store.sessions()) == 3


def test_health_is_summed_over_sources_with_each_error_once(store: Store) -> None:
    bad = Health(lines=3, skipped=1, unknown=2, errors=("line 4 is cut",))
    for source, before, after in (("a", "", "1"), ("a", "1", "2"), ("b", "", "1")):
        store.ingest(replace(batch([], before, after, source), health=bad))
    assert store.health() == StoreHealth(files=2, lines=9, skipped=3, unknown=6, errors=("line 4 is cut",))


def test_checkpoints_are_found_by_the_prefix_of_their_identity(store: Store) -> None:
    for source in ("dev1:a", "dev1:b", "dev2:a", "dev%"):
        store.ingest(batch([], "", "1", source))
    assert [checkpoint.source for checkpoint in store.checkpoints("dev1:")] == ["dev1:a", "dev1:b"]
    assert len(store.checkpoints("")) == 4


def test_cached_ids_are_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intern, "_CACHE_SIZE", 2)
    sessions = [SessionKey("demo", str(n)) for n in range(5)]
    for _ in range(2):
        ingest(store, *(usage(session.id, session, agent=str(n)) for n, session in enumerate(sessions)))
    assert [store.totals(session).amount.requests for session in sessions] == [1] * 5
    assert store.overall(sessions).amount.requests == 5


def test_sessions_of_a_source(store: Store) -> None:
    store.ingest(batch([usage("r1"), usage("r2", BIRCH)], "", "1", "a"))
    store.ingest(batch([usage("r3", BIRCH)], "", "1", "b"))
    assert [store.sessions_of(source) for source in "abc"] == [[APPLE, BIRCH], [BIRCH], []]
