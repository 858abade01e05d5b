"""The long texts of calls, read back."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from tui_monitor.events import Change, ChangeKind, SessionKey, SourceRef
from tui_monitor.store.bodies import DIFF_LIMIT, TEXT_LIMIT, Texts, cut_diff, unpack
from tui_monitor.store.names import Names
from tui_monitor.store.sql import lists

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
class Body:
    """What a call was given, answered and changed, as far as it is stored.

    ``cut`` when anything of it was too long to be stored whole: the lines at ``input_ref`` and ``output_ref`` have
    it, as long as their file is there.
    """

    input: str = ""
    output: str = ""
    error: str = ""
    metadata: str = ""
    changes: tuple[Change, ...] = ()
    input_ref: SourceRef | None = None
    output_ref: SourceRef | None = None
    cut: bool = False


def load(connection: sqlite3.Connection, names: Names, session: SessionKey, call: str) -> Body | None:
    """The body of a call; None for a call that is not known."""
    row = connection.execute(_CALL, (*session, call)).fetchone()
    if row is None:
        return None
    number: int = row[0]
    texts = texts_of(connection, [number], TEXT_LIMIT).get(number, Texts())
    return Body(
        texts.input,
        texts.output,
        texts.error,
        texts.metadata,
        changes_of(connection, [number], DIFF_LIMIT).get(number, ()),
        ref(names, *row[1:4]),
        ref(names, *row[4:7]),
        connection.execute(_CUT, {"call": number}).fetchone() is not None,
    )


def texts_of(connection: sqlite3.Connection, calls: Collection[int], limit: int) -> dict[int, Texts]:
    """The texts of these calls, each cut at ``limit`` characters."""
    found = {}
    for some in lists(calls):
        question = f"SELECT call, input, output, error, metadata FROM bodies WHERE call IN ({some})"
        for call, *packed in connection.execute(question):
            found[call] = Texts(*map(unpack, packed)).shortened(limit)
    return found


def changes_of(connection: sqlite3.Connection, calls: Collection[int], limit: int) -> dict[int, tuple[Change, ...]]:
    """The changes that these calls made, each diff cut at ``limit`` characters."""
    found: dict[int, tuple[Change, ...]] = {}
    for some in lists(calls):
        for call, kind, path, diff, added, removed, old_path, first, last in connection.execute(_CHANGES.format(some)):
            lines = None if first is None else (first, last)
            text = cut_diff(unpack(diff), limit)
            change = Change(ChangeKind(kind), path, text, added, removed, old_path, lines)
            found[call] = (*found.get(call, ()), change)
    return found


def ref(names: Names, path: int | None, offset: int | None, length: int | None) -> SourceRef | None:
    """Where the line stands that a call's row points to."""
    return None if path is None else SourceRef(names.texts.value(path), offset or 0, length or 0)
