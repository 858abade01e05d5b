"""Stores as earlier versions left them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.store.builders import APPLE, BIRCH
from tests.store.worker import turn
from tui_monitor.events import Event
from tui_monitor.store import schema

ROWS_OF_VERSION_1 = Path(__file__).with_name("version_1.sql").read_text(encoding="utf-8")
"""The rows that version 1 stored of `events_of_version_1`, read in batches of four."""


def events_of_version_1() -> list[Event]:
    """Return the events of a source: two sessions, one of which is a fork of the other."""
    return [event for session in (BIRCH, APPLE) for n in (0, 1, 20) for event in turn(session, n)]


def write_older(path: Path, version: int, rows: str = "") -> None:
    """Make a store of an earlier version with these rows, as SQL."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        for migration in schema.migrations()[:version]:
            for statement in migration.statements:
                connection.execute(statement)
        connection.executescript(
            f"DELETE FROM event_counter; {rows or 'INSERT INTO event_counter VALUES (0, 0);'}"
            f"PRAGMA application_id = {schema.APPLICATION_ID}; PRAGMA user_version = {version};"
            "PRAGMA journal_mode = WAL"
        )
