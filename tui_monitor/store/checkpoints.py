"""How far each source has been read, and what reading it met."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from itertools import takewhile

from tui_monitor.events import Batch, Checkpoint, Health, SessionKey

_ERRORS_KEPT = 20
_COLUMNS = "source, path, adapter, version, cursor, state"
_FROM = f"SELECT {_COLUMNS} FROM checkpoints WHERE source >= ? ORDER BY source"
_ONE = f"SELECT {_COLUMNS}, lines, skipped, unknown, errors FROM checkpoints WHERE source = ?"
_SAVE = f"""
    REPLACE INTO checkpoints ({_COLUMNS}, lines, skipped, unknown, errors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_TELL = (
    "INSERT OR IGNORE INTO session_sources (source, session) SELECT ?, id FROM sessions WHERE source = ? AND name = ?"
)
_TOLD = """
    SELECT sessions.source, sessions.name FROM session_sources JOIN sessions ON sessions.id = session_sources.session
    WHERE session_sources.source = ? ORDER BY coalesce(sessions.ended, 0) DESC, sessions.id
"""


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """What reading all sources of a store met so far; of the errors, the last of each source."""

    files: int
    lines: int
    skipped: int
    unknown: int
    errors: tuple[str, ...]


def load(connection: sqlite3.Connection, prefix: str) -> list[Checkpoint]:
    """The checkpoints of all sources whose identity begins with ``prefix``, in order."""
    rows = connection.execute(_FROM, (prefix,))
    return [Checkpoint(*row) for row in takewhile(lambda row: str(row[0]).startswith(prefix), rows)]


def known(connection: sqlite3.Connection, after: Checkpoint) -> tuple[str, Health]:
    """The cursor of the source of ``after``, and its health so far; from the start if this adapter never read it."""
    row = connection.execute(_ONE, (after.source,)).fetchone()
    if row is None:
        return "", Health()
    kept, (lines, skipped, unknown, errors) = Checkpoint(*row[:6]), row[6:]
    if (kept.adapter, kept.version) != (after.adapter, after.version):
        return "", Health()
    return kept.cursor, Health(lines, skipped, unknown, tuple(json.loads(errors)))


def save(connection: sqlite3.Connection, batch: Batch, before: Health) -> None:
    """Keep how far a batch has come, whose events have been written; ``before`` is the health until then."""
    after, health = batch.after, before + batch.health
    errors = json.dumps(list(dict.fromkeys(health.errors))[-_ERRORS_KEPT:])
    connection.execute(
        _SAVE,
        (
            *(after.source, after.path, after.adapter, after.version, after.cursor, after.state),
            *(health.lines, health.skipped, health.unknown, errors),
        ),
    )
    connection.executemany(_TELL, {(after.source, *event.session) for event in batch.events})


def told(connection: sqlite3.Connection, source: str) -> list[SessionKey]:
    """The sessions of which the source of this identity has told, the one heard of last first."""
    return [SessionKey(*row) for row in connection.execute(_TOLD, (source,))]


def health(connection: sqlite3.Connection) -> StoreHealth:
    """What reading met, summed over all sources."""
    files, lines, skipped, unknown = connection.execute(
        "SELECT count(*), coalesce(sum(lines), 0), coalesce(sum(skipped), 0), coalesce(sum(unknown), 0)"
        " FROM checkpoints"
    ).fetchone()
    rows = connection.execute("SELECT errors FROM checkpoints WHERE errors <> '[]' ORDER BY source")
    errors = dict.fromkeys(error for (text,) in rows for error in json.loads(text))
    return StoreHealth(files, lines, skipped, unknown, tuple(errors))
