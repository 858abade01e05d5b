"""The long texts of calls, read back."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from tui_monitor.events import Change, ChangeKind, SessionKey, SourceRef
from tui_monitor.store.bodies import DIFF_LIMIT, TEXT_LIMIT, CallTexts, truncate_diff, unpack
from tui_monitor.store.intern import InternTables
from tui_monitor.store.sql import chunks

_CALL = """
    SELECT calls.id, input_path, input_offset, input_length, output_path, output_offset, output_length
    FROM calls JOIN sessions ON sessions.id = calls.session
    WHERE sessions.source = ? AND sessions.name = ? AND calls.call = ?
"""
_CUT = "SELECT 1 FROM bodies WHERE call = :call AND cut UNION SELECT 1 FROM changes WHERE call = :call AND cut"
_CHANGES = """
    SELECT call, changes.kind, files.path, diff, changes.added, changes.removed, old_path, first_line, last_line
    FROM changes JOIN files ON files.id = changes.file WHERE call IN ({}) ORDER BY call, position
"""


@dataclass(frozen=True, slots=True)
class StoredBody:
    """What a call was given, answered and changed, as far as it is stored.

    ``is_truncated``: a part was too long to be stored whole; the full text is in the lines at ``input_ref`` and
    ``output_ref``, while their file exists.
    """

    input: str = ""
    output: str = ""
    error: str = ""
    metadata: str = ""
    changes: tuple[Change, ...] = ()
    input_ref: SourceRef | None = None
    output_ref: SourceRef | None = None
    is_truncated: bool = False


def load(connection: sqlite3.Connection, interned: InternTables, session: SessionKey, call: str) -> StoredBody | None:
    """The body of a call; None for a call that is not known."""
    row = connection.execute(_CALL, (*session, call)).fetchone()
    if row is None:
        return None
    number: int = row[0]
    texts = load_texts(connection, [number], TEXT_LIMIT).get(number, CallTexts())
    return StoredBody(
        texts.input,
        texts.output,
        texts.error,
        texts.metadata,
        load_changes(connection, [number], DIFF_LIMIT).get(number, ()),
        ref(interned, *row[1:4]),
        ref(interned, *row[4:7]),
        connection.execute(_CUT, {"call": number}).fetchone() is not None,
    )


def load_texts(connection: sqlite3.Connection, calls: Collection[int], limit: int) -> dict[int, CallTexts]:
    """The texts of these calls, each cut at ``limit`` characters."""
    found = {}
    for some in chunks(calls):
        question = f"SELECT call, input, output, error, metadata FROM bodies WHERE call IN ({some})"
        for call, *packed in connection.execute(question):
            found[call] = CallTexts(*map(unpack, packed)).truncated(limit)
    return found


def load_changes(connection: sqlite3.Connection, calls: Collection[int], limit: int) -> dict[int, tuple[Change, ...]]:
    """The changes that these calls made, each diff cut at ``limit`` characters."""
    found: dict[int, tuple[Change, ...]] = {}
    for some in chunks(calls):
        for call, kind, path, diff, added, removed, old_path, first, last in connection.execute(_CHANGES.format(some)):
            lines = None if first is None else (first, last)
            text = truncate_diff(unpack(diff), limit)
            change = Change(ChangeKind(kind), path, text, added, removed, old_path, lines)
            found[call] = (*found.get(call, ()), change)
    return found


def ref(interned: InternTables, path: int | None, offset: int | None, length: int | None) -> SourceRef | None:
    """Where the line stands that a call's row points to."""
    return None if path is None else SourceRef(interned.strings.value_of(path), offset or 0, length or 0)
