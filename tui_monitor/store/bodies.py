"""Bodies of calls: their long texts, written and read back."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

from tui_monitor.events import Change, SessionKey, SourceRef
from tui_monitor.merge.calls import PROPOSING_KINDS
from tui_monitor.store.calls import decode_ref
from tui_monitor.store.changes import load_changes
from tui_monitor.store.intern import InternTables
from tui_monitor.store.sql import insert_rows, placeholders
from tui_monitor.store.texts import DIFF_LIMIT, PLAIN_INPUT, TEXT_LIMIT, Packed, pack, truncate, unpack


class CallTexts(NamedTuple):
    """The long texts of one call; the fields are columns of ``bodies``."""

    input: str = ""
    output: str = ""
    error: str = ""
    metadata: str = ""

    @property
    def exceeds_limit(self) -> bool:
        """True if one of them is longer than `TEXT_LIMIT`."""
        return max(map(len, self)) > TEXT_LIMIT

    def truncated(self, limit: int) -> CallTexts:
        """Return them truncated to ``limit`` characters each."""
        return CallTexts(*(truncate(text, limit) for text in self))


@dataclass(frozen=True, slots=True)
class StoredBody:
    """Texts and changes of a call as far as they are stored.

    ``is_truncated``: a part was too long to be stored whole; the full text is in the lines at ``input_ref`` and
    ``output_ref``, while their file exists. ``may_propose``: what it asks for is only there.
    """

    input: str = ""
    output: str = ""
    error: str = ""
    metadata: str = ""
    changes: tuple[Change, ...] = ()
    input_ref: SourceRef | None = None
    output_ref: SourceRef | None = None
    is_truncated: bool = False
    may_propose: bool = False


SELECT_TEXTS = f"SELECT call, {', '.join(CallTexts._fields)} FROM bodies"

_COLUMNS = ("call", *CallTexts._fields, "cut")
_REPLACE = ", ".join(f"{text} = coalesce(excluded.{text}, {text})" for text in CallTexts._fields)
_SAVE = f"""
    INSERT INTO bodies ({", ".join(_COLUMNS)}) VALUES ({placeholders(_COLUMNS)})
    ON CONFLICT (call) DO UPDATE SET cut = max(cut, excluded.cut), {_REPLACE}
"""
_CALL = """
    SELECT calls.id, calls.kind, input_path, input_offset, input_length, output_path, output_offset, output_length
    FROM calls JOIN sessions ON sessions.id = calls.session
    WHERE sessions.source = ? AND sessions.name = ? AND calls.call = ?
"""
_IS_CUT = "SELECT 1 FROM bodies WHERE call = :call AND cut UNION SELECT 1 FROM changes WHERE call = :call AND cut"


class BodyTable:
    """The table of texts. Without ``keep`` it stays empty."""

    def __init__(self, connection: sqlite3.Connection, keep: bool) -> None:
        self._connection = connection
        self._keep = keep
        self._unsaved: list[tuple[int, Packed, Packed, Packed, Packed, bool]] = []

    def put(self, call: int, texts: CallTexts) -> None:
        """Replace the texts of a call by those that are not empty."""
        if self._keep and texts != _EMPTY:
            is_cut = texts.exceeds_limit
            stored = texts.truncated(TEXT_LIMIT) if is_cut else texts
            packed_input = pack(stored.input, PLAIN_INPUT) if stored.input else None
            output, error, metadata = [pack(text) if text else None for text in stored[1:]]
            self._unsaved.append((call, packed_input, output, error, metadata, is_cut))

    def flush(self) -> None:
        """Write the texts."""
        insert_rows(self._connection, _SAVE, self._unsaved)
        self._unsaved.clear()


def load_body(
    connection: sqlite3.Connection, interned: InternTables, session: SessionKey, call: str
) -> StoredBody | None:
    """Load the body of a call; None for an unknown call."""
    row = connection.execute(_CALL, (*session, call)).fetchone()
    if row is None:
        return None
    number, kind, input_path, input_offset, input_length, output_path, output_offset, output_length = row
    packed = connection.execute(f"{SELECT_TEXTS} WHERE call = ?", (number,)).fetchone()
    texts = CallTexts(*map(unpack, packed[1:])) if packed else _EMPTY
    return StoredBody(
        *texts,
        load_changes(connection, [number], DIFF_LIMIT).get(number, ()),
        decode_ref(interned, input_path, input_offset, input_length),
        decode_ref(interned, output_path, output_offset, output_length),
        connection.execute(_IS_CUT, {"call": number}).fetchone() is not None,
        kind in PROPOSING_KINDS,
    )


_EMPTY = CallTexts()
