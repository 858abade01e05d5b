"""Migrations: applied once, all or nothing, and filled as they say for what was read before."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from tests.store.builders import APPLE, BIRCH, batch, ingest, read_on, usage
from tests.store.older_stores import ROWS_OF_VERSION_1, events_of_version_1, write_older
from tests.store.worker import answers
from tui_monitor.events import Checkpoint, Rank, SpanUpdate
from tui_monitor.store import StoreError, open_store, private_store, schema
from tui_monitor.store.schema import Backfill, Migration

NEXT = schema.migrations()[-1].version + 1


def migrate(monkeypatch: pytest.MonkeyPatch, backfill: Backfill, *statements: str) -> None:
    """Add one more migration to those that exist."""
    migrations = (*schema.migrations(), Migration(NEXT, backfill, statements))
    monkeypatch.setattr(schema, "migrations", lambda: migrations)


def filled(path: Path) -> None:
    """Make a store of the newest version with two responses of one source."""
    store = open_store(path)
    assert store.ingest(batch([usage("r1"), usage("r2", BIRCH)])).accepted
    store.close()


def column(path: Path, query: str) -> Sequence[object]:
    connection = sqlite3.connect(path)
    values = [value for (value,) in connection.execute(query)]
    connection.close()
    return values


def test_older_database_is_migrated_to_the_newest_version(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path)
    migrate(monkeypatch, Backfill.EMPTY, "CREATE TABLE later (id)", "CREATE TABLE last (id)")
    open_store(path).close()
    open_store(path).close()
    assert column(path, "PRAGMA user_version") == [NEXT]
    assert column(path, "SELECT count(*) FROM later, last") == [0]


def test_new_database_has_all_migrations(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(monkeypatch, Backfill.READ_AGAIN, "ALTER TABLE responses ADD COLUMN weather TEXT")
    filled(path)
    assert column(path, "SELECT weather FROM responses") == [None, None]


def test_failed_migration_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path)
    with monkeypatch.context() as patch:
        migrate(patch, Backfill.EMPTY, "CREATE TABLE later (id)", "nonsense")
        with pytest.raises(StoreError):
            open_store(path)
    open_store(path).close()


def test_every_script_says_how_it_is_backfilled() -> None:
    assert [migration.version for migration in schema.migrations()] == list(range(1, NEXT))
    for migration in schema.migrations():
        fills = any(word in statement for statement in migration.statements for word in ("UPDATE ", "INSERT "))
        assert fills or migration.backfill is not Backfill.FROM_ROWS


@pytest.mark.parametrize("script", ["CREATE TABLE later (id)", "-- Backfill: perhaps\nCREATE TABLE later (id)"])
def test_script_that_does_not_say_so_is_refused(script: str) -> None:
    with pytest.raises(ValueError, match=r"[Bb]ackfill"):
        schema.parse(2, script)


def test_script_is_split_into_statements() -> None:
    migration = schema.parse(2, "-- Backfill: from existing rows\nCREATE TABLE a (id);\nINSERT INTO a VALUES (1);\n")
    assert migration.backfill is Backfill.FROM_ROWS
    assert [line.strip().splitlines()[-1] for line in migration.statements[:2]] == [
        "CREATE TABLE a (id)",
        "INSERT INTO a VALUES (1)",
    ]


def test_empty_backfill_leaves_what_was_read_before(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path)
    migrate(monkeypatch, Backfill.EMPTY, "ALTER TABLE responses ADD COLUMN weather TEXT")
    store = open_store(path)
    assert not store.ingest(batch([usage("r1")])).accepted
    store.close()
    assert column(path, "SELECT weather FROM responses") == [None, None]


def test_backfill_from_existing_rows_is_done_by_the_migration(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path)
    migrate(
        monkeypatch,
        Backfill.FROM_ROWS,
        "ALTER TABLE responses ADD COLUMN prompt INTEGER",
        "UPDATE responses SET prompt = input + cache_read + cache_creation",
    )
    open_store(path).close()
    assert column(path, "SELECT prompt FROM responses") == [123, 123]


def test_reading_again_starts_at_the_beginning_of_every_source_and_counts_nothing_twice(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path)
    migrate(monkeypatch, Backfill.READ_AGAIN, "CREATE TABLE later (id)")
    store = open_store(path)
    [checkpoint] = store.checkpoints("")
    assert (checkpoint.cursor, checkpoint.version) == ("1", -1)
    assert store.ingest(batch([usage("r1"), usage("r2", BIRCH)])).accepted
    assert [checkpoint.version for checkpoint in store.checkpoints("")] == [1]
    assert store.overall().amount.requests == 2
    ingest(store, usage("r3"))
    assert store.totals(APPLE).amount.requests == 2
    store.close()


def test_spans_of_older_stores_are_those_that_are_read_again(path: Path) -> None:
    write_older(path, 3)
    store = open_store(path)
    spent = usage("span:t+2")
    run = replace(usage("span:t+1", output=9), rank=Rank.SUM)
    outer = SpanUpdate(session=APPLE, trace="t", span="span:t+1", tokens=run.tokens, is_sum=True)
    inner = SpanUpdate(session=APPLE, trace="t", span="span:t+2", parent="span:t+1", tokens=spent.tokens)
    ingest(store, run, outer)
    assert store.totals(APPLE).amount.output == 9
    ingest(store, spent, inner)
    assert store.totals(APPLE).amount.output == 5
    store.close()


def test_changes_of_older_stores_without_lines_are_told_from_those_with_some(path: Path) -> None:
    unknown = "UPDATE changes SET added = 0, removed = 0 WHERE file = 5;"
    empty = "UPDATE changes SET kind = 'create', added = 0, removed = 0 WHERE file = 6;"
    write_older(path, 1, ROWS_OF_VERSION_1 + unknown + empty)
    with closing(open_store(path)) as store:
        found = {one.session: store.totals(one.session) for one in store.sessions()}
        assert {file.path: file.uncounted for file in found[APPLE].files} == {"/p/0": 0, "/p/1": 1, "/p/6": 0}
        assert {session: totals.uncounted for session, totals in found.items()} == {APPLE: 1, BIRCH: 0}


def test_parser_goes_on_with_the_state_that_an_older_version_stored(path: Path) -> None:
    state = f'{{"open": "{"call " * 100}"}}'
    write_older(
        path,
        9,
        "INSERT INTO event_counter VALUES (0, 0);"
        f"INSERT INTO checkpoints VALUES ('file-1', '/logs/1', 'demo', 1, '7', '{state}', 3, 0, 0, '[]');",
    )
    with closing(open_store(path)) as store:
        assert store.checkpoints("") == [Checkpoint("file-1", "/logs/1", "demo", 1, "7", state)]


def test_eight_at_once_migrate_a_store_of_version_1_and_lose_nothing(path: Path) -> None:
    write_older(path, 1, ROWS_OF_VERSION_1)
    together = Barrier(8)

    def open_and_look(_: int) -> list[object]:
        together.wait()
        with closing(open_store(path)) as store:
            read_on(store, events_of_version_1(), 4)
            return answers(store)

    with ThreadPoolExecutor(8) as pool, closing(private_store(bodies=True)) as anew:
        read_on(anew, events_of_version_1(), 4)
        assert list(pool.map(open_and_look, range(8))) == [answers(anew)] * 8
    assert column(path, "PRAGMA user_version") == [schema.migrations()[-1].version]
    assert column(path, "PRAGMA integrity_check") == ["ok"]


def test_store_of_version_1_counts_nothing_twice_when_everything_is_read_again(path: Path) -> None:
    write_older(path, 1, ROWS_OF_VERSION_1)
    with closing(open_store(path)) as store:
        before = answers(store)[:-2]  # without the sources and how much was read of them
        read_on(store, events_of_version_1(), 5, source="the same under another name")
        assert answers(store)[:-2] == before
