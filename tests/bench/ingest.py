"""Storing: a session into the store, against as many bare rows in batches of the same size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figure import Figure, seconds
from tests.bench.invented import claude_lines, write
from tui_monitor.events import Batch
from tui_monitor.feed.enrich import enriched
from tui_monitor.pricing import Overrides, PriceBook
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import open_store

TURNS = 1500
COLUMNS = 8
INSERT = f"INSERT INTO event VALUES ({', '.join('?' * COLUMNS)})"


def bench() -> Iterator[Figure]:
    """Events a second, prices found beforehand."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        batches = _batches(write(folder / "session.jsonl", claude_lines(TURNS)))
        sizes = [len(batch.events) for batch in batches]
        ours = sum(sizes) / seconds(lambda: _store(folder / "store.db", batches), times=1)
        bare = sum(sizes) / seconds(lambda: _insert(folder / "bare.db", sizes), times=1)
    yield Figure("ingest", ours, "events/s", bare, "executemany of as many rows")


def _batches(path: Path) -> list[Batch]:
    prices = PriceBook(Overrides())
    with closing(default_registry().recognise(path).open(path)) as source:
        return [enriched(batch, prices) for batch in iter(source.read, None)]


def _store(path: Path, batches: Sequence[Batch]) -> None:
    with closing(open_store(path)) as store:
        for batch in batches:
            assert store.ingest(batch).accepted


def _insert(path: Path, sizes: Sequence[int]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"CREATE TABLE event ({', '.join(f'c{n}' for n in range(COLUMNS))})")
        for size in sizes:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                INSERT, [("claude-code", "s-1", row, "Bash", "make", 200, 3, row) for row in range(size)]
            )
            connection.execute("COMMIT")
