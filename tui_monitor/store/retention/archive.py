"""Archives: the rows of groups of sessions as JSON lines, each group between a line that names it and one that ends it.

A group is whole or not there: what is torn off an archive loses no other.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b
from typing import Any, TypeAlias

from tui_monitor.store.damage import may_be_damage
from tui_monitor.store.retention.row_dump import KEPT, SINGLE, RowRestorer, dump_rows
from tui_monitor.store.sql import id_list

ARCHIVE_FORMAT = "tui-monitor archive"

_NAMES = "SELECT source, name, coalesce(ended, 0) FROM sessions WHERE id IN ({}) ORDER BY id"
_PRUNING = """
    SELECT prunings.id, ended > until FROM prunings JOIN sessions ON sessions.id = prunings.session
    WHERE source = ? AND name = ? AND until = ? AND kind = 'rows' ORDER BY prunings.id DESC LIMIT 1
"""
_IS_STORED = "SELECT id FROM sessions WHERE source = ? AND name = ?"
_FORGET = (
    *tuple(
        f"DELETE FROM {table} WHERE pruning IN ({{0}})"
        for table in ("pruned_ids", "rolled_amounts", "rolled_calls", "rolled_changes")
    ),
    "DELETE FROM prunings WHERE id IN ({0})",
)
_MAKE_SEARCHABLE = """
    INSERT OR IGNORE INTO search_entries (id, session, at)
    SELECT calls.id * 2, session, started FROM calls WHERE session = :session
    UNION ALL
    SELECT id * 2 + 1, session, at FROM event_log WHERE session = :session AND kind IN ('prompt', 'said')
"""
_MARK_PARTIAL = "UPDATE sessions SET is_partial = 1 WHERE source = ? AND name = ?"


RowCheck: TypeAlias = Callable[[Sequence[int]], None]
"""Raises what reading the rows of sessions with these numbers would raise."""

_CLAIMS = (AssertionError, UnicodeEncodeError, OverflowError, RecursionError, sqlite3.ProgrammingError)
"""Exceptions of values that no archive has."""


class ArchiveError(ValueError):
    """A line that is not of an archive, or of one of a later version; the message says so."""


class Restored(Enum):
    """What was done with a group: its rows were ``RETURNED`` in place of the sums that the store has of them, it was
    ``ADDED`` whole, it ``WAS_STORED``, or it ``HAS_GROWN`` since, and keeps its sums."""

    RETURNED = "returned"
    ADDED = "added"
    WAS_STORED = "was stored"
    HAS_GROWN = "has grown"


@dataclass(frozen=True, slots=True)
class ArchivedSession:
    """A session of an archived group, and its last time then."""

    source: str
    name: str
    until: int


def group_lines(connection: sqlite3.Connection, sessions: Sequence[int], version: int) -> Iterator[bytes]:
    """Yield the lines of a group, the sessions with these numbers; ``version`` is that of the schema."""
    named = connection.execute(_NAMES.format(id_list(sessions))).fetchall()
    yield _line({"begin": ARCHIVE_FORMAT, "version": version, "sessions": named})
    check = blake2b(digest_size=16)
    for row in dump_rows(connection, sessions):
        line = _line(row)
        check.update(line)
        yield line
    yield _line({"end": check.hexdigest()})


def read_begin(line: bytes, version: int) -> list[ArchivedSession]:
    """Return the sessions of the group that a line begins.

    Raises:
        ArchiveError: it begins none, or one of a later version of the schema than this one.
    """
    if not line.startswith(b"{"):
        raise ArchiveError("is no archive of tui-monitor")
    begin = _object(line)
    if begin.get("begin") != ARCHIVE_FORMAT:
        raise ArchiveError("is no archive of tui-monitor")
    match begin:
        case {"version": int(written), "sessions": [*_]} if written > version:
            raise ArchiveError("was written by a newer tui-monitor: update this one")
        case {"version": int(), "sessions": [*sessions]}:
            return [_session(one) for one in sessions]
    raise ArchiveError("is damaged")


def _session(value: object) -> ArchivedSession:
    match value:
        case [str(source), str(name), int(until)]:
            return ArchivedSession(source, name, until)
    raise ArchiveError("is damaged")


def restore_group(
    connection: sqlite3.Connection, sessions: Sequence[ArchivedSession], lines: Iterable[bytes], check: RowCheck
) -> Restored:
    """Put the rows of a group back, and return what was done. It reads ``lines`` up to the end of the group.

    Raises:
        ArchiveError: the end is missing, or a line is damaged.
    """
    found = [connection.execute(_PRUNING, (one.source, one.name, one.until)).fetchone() for one in sessions]
    prunings = [pruning for pruning, _ in filter(None, found)]
    is_stored = any(connection.execute(_IS_STORED, (one.source, one.name)).fetchone() for one in sessions)
    if is_stored and not (all(found) and not any(has_grown for _, has_grown in found)):
        for _ in _rows(lines):
            pass
        return Restored.HAS_GROWN if all(found) else Restored.WAS_STORED
    try:
        _restore(connection, sessions, lines, prunings)
        check([_number(connection, one) for one in sessions])
    except Exception as error:
        if isinstance(error, ArchiveError) or not (may_be_damage(error) or isinstance(error, _CLAIMS)):
            raise
        raise ArchiveError("is damaged") from error
    return Restored.RETURNED if prunings else Restored.ADDED


def _restore(
    connection: sqlite3.Connection,
    sessions: Sequence[ArchivedSession],
    lines: Iterable[bytes],
    prunings: Sequence[int],
) -> None:
    names = {(one.source, one.name) for one in sessions}
    restorer = RowRestorer(connection, {*SINGLE, "aliases"} if prunings else {*KEPT, *SINGLE, "aliases"})
    for row in _rows(lines):
        if row["table"] == "sessions" and (row["source"], row["name"]) not in names:
            raise ArchiveError("is damaged")
        restorer.add(row)
        if row["table"] == "sessions" and row["is_partial"]:
            connection.execute(_MARK_PARTIAL, (row["source"], row["name"]))
    for statement in _FORGET:
        connection.execute(statement.format(id_list(prunings)))
    for one in sessions:
        connection.execute(_MAKE_SEARCHABLE, {"session": _number(connection, one)})


def _number(connection: sqlite3.Connection, session: ArchivedSession) -> int:
    number: int = connection.execute(_IS_STORED, (session.source, session.name)).fetchone()[0]
    return number


def _rows(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the rows up to the end of the group."""
    check = blake2b(digest_size=16)
    for line in lines:
        row = _object(line)
        if "end" in row:
            if row["end"] != check.hexdigest():
                raise ArchiveError("is damaged")
            return
        check.update(line)
        yield row
    raise ArchiveError("is torn")


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise ArchiveError("is torn" if not line.endswith(b"\n") else "is damaged") from None
    if not isinstance(value, dict):
        raise ArchiveError("is damaged")
    return value


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
