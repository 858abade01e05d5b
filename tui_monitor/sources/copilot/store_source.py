"""The rows of one session in Copilot CLI's session store, one for each request to a model."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from tui_monitor.events import Batch, Checkpoint, Event, Health, SessionKey
from tui_monitor.sources.base import Adapter, Checkpoints, Record, matching_checkpoints, no_checkpoints
from tui_monitor.sources.copilot.line import SOURCE
from tui_monitor.sources.copilot.usage import row_usage
from tui_monitor.sources.files.readonly_sqlite import connect, reason, wal_of
from tui_monitor.sources.files.stat_snapshot import StatSnapshot
from tui_monitor.sources.shared.event_line import EventLine
from tui_monitor.sources.shared.fields import iso_to_epoch_ms, path_text, text, to_epoch_ms
from tui_monitor.sources.shared.plausibility import implausibility
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

PAGE_ROWS = 200
_TABLE = "assistant_usage_events"
_EXISTS = f"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{_TABLE}'"
_POSITION = "position of the row"
_ROWS = (
    f'SELECT rowid AS "{_POSITION}", * FROM {_TABLE} WHERE session_id = ? AND rowid > ?'
    f" ORDER BY rowid LIMIT {PAGE_ROWS}"
)


def watched_paths(store: Path) -> tuple[Path, Path]:
    """Return the files that change with the database: itself and its WAL."""
    return store, wal_of(store)


class StoreSource:
    """The rows of a session, read by their ids. ``path`` is the virtual path ``<database>/<session>``; the database is
    open only during `read`."""

    def __init__(self, adapter: Adapter, path: Path, checkpoints: Checkpoints = no_checkpoints) -> None:
        self.path = path
        self._adapter = adapter
        self._checkpoints = matching_checkpoints(adapter, checkpoints)
        self._snapshot = StatSnapshot(*watched_paths(path.parent))
        self._source = ""
        self._cursor = 0
        self._fingerprints = ResponseFingerprints()

    def read(self) -> Batch | None:
        """Return the events of new rows; None when there are none.

        Raises:
            FileNotFoundError: the database is not there.
            OSError: it cannot be read now.
        """
        if not self._snapshot.has_changed():
            return None
        self._restore()
        rows = self._new_rows()
        if not rows:
            self._snapshot.accept()
            return None
        before = self._text_cursor
        events: list[Event] = []
        skipped: list[str] = []
        for row in rows:
            self._cursor = int(row[_POSITION])
            for event in self._events(row):
                if problem := implausibility(event):
                    skipped.append(f"{path_text(self.path)}: {problem} in row {self._cursor}")
                else:
                    events.append(event)
        adapter, state = self._adapter, orjson.dumps(self._fingerprints.names).decode()
        after = Checkpoint(self._source, path_text(self.path), adapter.name, adapter.version, self._text_cursor, state)
        return Batch(before, after, tuple(events), Health(len(rows), len(skipped), 0, tuple(skipped)))

    def progress(self) -> tuple[int, int]:
        """Return the id of the last row read, twice: how many there are is not counted."""
        return self._cursor, self._cursor

    def release(self) -> None:
        """Do nothing: no file is held open."""

    def close(self) -> None:
        """Do nothing: no file is held open."""

    @property
    def _text_cursor(self) -> str:
        return str(self._cursor) if self._cursor else ""

    def _restore(self) -> None:
        """Continue from the checkpoint of this session in this database, unless it is the database of the last read."""
        status = self.path.parent.stat()
        source = f"{SOURCE}-store:{status.st_dev}:{status.st_ino}:{self.path.name}"
        if source == self._source:
            return
        saved = next((saved for saved in self._checkpoints(source) if saved.source == source), None)
        self._source, self._cursor = source, int(saved.cursor or 0) if saved else 0
        names: dict[str, Any] = orjson.loads(saved.state) if saved and saved.state else {}
        self._fingerprints = ResponseFingerprints(names)

    def _new_rows(self) -> list[Record]:
        store = self.path.parent
        try:
            with closing(connect(store)) as connection:
                if connection.execute(_EXISTS).fetchone() is None:
                    return []
                return [dict(row) for row in connection.execute(_ROWS, (self.path.name, self._cursor))]
        except sqlite3.Error as error:
            raise OSError(errno.EIO, reason(error), str(store)) from error

    def _events(self, row: Record) -> Iterator[Event]:
        agent = text(row.get("agent_id")) or text(row.get("parent_tool_call_id"))
        created = row.get("created_at")
        at = iso_to_epoch_ms(created) or to_epoch_ms(created)
        line = EventLine(SessionKey(SOURCE, self.path.name), agent, at)
        yield from row_usage(row, line, self._fingerprints)
