"""Checkpoints of sources: their positions, the health of reading them, and the sessions they are of."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from tui_monitor.events import Batch, Checkpoint, Health, SessionKey
from tui_monitor.store.sql import SqlRow, insert_rows, sum_of
from tui_monitor.store.texts import pack, unpack

_MAX_ERRORS = 20
_COLUMNS = "source, path, adapter, version, cursor, state"
_SELECT_FROM = f"SELECT {_COLUMNS} FROM checkpoints WHERE source >= ? ORDER BY source"
_POSITION = "SELECT adapter, version, cursor, lines, skipped, unknown, errors FROM checkpoints WHERE source = ?"
_SAVE = f"""
    REPLACE INTO checkpoints ({_COLUMNS}, lines, skipped, unknown, errors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_SAVE_STAMP = "REPLACE INTO read_files (path, stamp) VALUES (?, ?)"
_ADD_SESSION = (
    "INSERT OR IGNORE INTO session_sources (source, session) SELECT ?, id FROM sessions WHERE source = ? AND name = ?"
)
_SESSIONS = """
    SELECT sessions.source, sessions.name FROM session_sources JOIN sessions ON sessions.id = session_sources.session
    WHERE session_sources.source = ? ORDER BY coalesce(sessions.ended, 0) DESC, sessions.id
"""


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """Counts of lines over all sources of a store, and the latest errors of each source."""

    files: int
    lines: int
    skipped: int
    unknown: int
    errors: tuple[str, ...]


def load(connection: sqlite3.Connection, prefix: str) -> list[Checkpoint]:
    """Return the checkpoints of all sources whose identity begins with ``prefix``, in order."""
    rows = connection.execute(_SELECT_FROM, (prefix,))
    return [_checkpoint_of(row) for row in takewhile(lambda row: str(row[0]).startswith(prefix), rows)]


def position(connection: sqlite3.Connection, checkpoint: Checkpoint) -> tuple[str, Health]:
    """Return the stored cursor of a source, and its health so far; the start if this adapter version never read it."""
    row = connection.execute(_POSITION, (checkpoint.source,)).fetchone()
    if row is None:
        return "", Health()
    adapter, version, cursor, lines, skipped, unknown, errors = row
    if (adapter, version) != (checkpoint.adapter, checkpoint.version):
        return "", Health()
    return cursor, Health(lines, skipped, unknown, tuple(json.loads(errors)))


def save(connection: sqlite3.Connection, batch: Batch, before: Health) -> None:
    """Save the position after a batch; ``before`` is the health until then."""
    after, health = batch.after, before + batch.health
    errors = json.dumps(list(dict.fromkeys(health.errors))[-_MAX_ERRORS:])
    connection.execute(
        _SAVE,
        (
            *(after.source, after.path, after.adapter, after.version, after.cursor, pack(after.state)),
            *(health.lines, health.skipped, health.unknown, errors),
        ),
    )


def save_sessions(connection: sqlite3.Connection, batches: Iterable[Batch]) -> None:
    """Save which sessions are in the sources of these batches, whose events have been written."""
    sessions = {(batch.after.source, *event.session) for batch in batches for event in batch.events}
    connection.executemany(_ADD_SESSION, sessions)


def load_stamps(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the stamps of the files that were read to their end, by path."""
    return dict(connection.execute("SELECT path, stamp FROM read_files"))


def save_stamps(connection: sqlite3.Connection, stamps: Mapping[str, str]) -> None:
    """Save the stamps of files that have been read to their end."""
    insert_rows(connection, _SAVE_STAMP, list(stamps.items()))


def _checkpoint_of(row: SqlRow) -> Checkpoint:
    source, path, adapter, version, cursor, state = row
    return Checkpoint(source, path, adapter, version, cursor, unpack(state))


def sessions_of(connection: sqlite3.Connection, source: str) -> list[SessionKey]:
    """Return the sessions with events in the source of this identity, the last active first."""
    return [SessionKey(*row) for row in connection.execute(_SESSIONS, (source,))]


def health(connection: sqlite3.Connection) -> StoreHealth:
    """Return the health of reading, summed over all sources."""
    files, lines, skipped, unknown = connection.execute(
        f"SELECT count(*), {sum_of('lines')}, {sum_of('skipped')}, {sum_of('unknown')} FROM checkpoints"
    ).fetchone()
    rows = connection.execute("SELECT errors FROM checkpoints WHERE errors <> '[]' ORDER BY source")
    errors = dict.fromkeys(error for (text,) in rows for error in json.loads(text))
    return StoreHealth(files, lines, skipped, unknown, tuple(errors))
