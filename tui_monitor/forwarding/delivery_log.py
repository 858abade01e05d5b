"""What a collector has accepted, in a file of the data folder: the cursor of forwarding.

The queue is the store itself: what is not marked here waits there, however long the collector is away. A mark is
written after the delivery, so what is delivered when the program is killed is sent again, under the same ids.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from tui_monitor.events import SessionKey
from tui_monitor.forwarding.model import ForwardedSpan, stable_id
from tui_monitor.regular_files import open_descriptor
from tui_monitor.units import DAY

FOLDER = "forward"
"""The folder of these files in the data folder."""

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS delivered (span BLOB PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS sessions (
        source TEXT, name TEXT, mark TEXT NOT NULL, PRIMARY KEY (source, name)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS totals (name TEXT PRIMARY KEY, at INTEGER NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS instance (id TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS path_keys (key BLOB NOT NULL);
"""
_CHUNK = 500

T = TypeVar("T", str, bytes)


class CollectorInUse(Exception):
    """Another program forwards to the same collector."""


class DeliveryLog:
    """The deliveries to one collector. ``instance`` names the store it is about, the same each time; ``path_key`` is
    the secret by which paths are hidden from this collector.

    Raises:
        CollectorInUse: another program has it open.
        OSError: it cannot be opened.
    """

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / f"{stable_id(8, url):016x}.db"
        os.close(open_descriptor(self.path, os.O_RDWR | os.O_CREAT))
        try:
            self._connection = _open(self.path)
        except sqlite3.OperationalError:
            raise CollectorInUse from None
        except sqlite3.DatabaseError:  # damaged: everything is sent again, as the same spans
            self.path.unlink()
            os.close(open_descriptor(self.path, os.O_RDWR | os.O_CREAT))
            self._connection = _open(self.path)
        self.instance = self._kept("instance", "id", secrets.token_hex(8))
        self.path_key = self._kept("path_keys", "key", secrets.token_bytes(16))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def undelivered(self, spans: Iterable[ForwardedSpan]) -> list[ForwardedSpan]:
        """Return the spans that were not delivered as they are now."""
        own = {span.id.to_bytes(8): span for span in spans}
        delivered: dict[bytes, bytes] = {}
        keys = list(own)
        for at in range(0, len(keys), _CHUNK):
            chunk = keys[at : at + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            delivered.update(
                self._connection.execute(f"SELECT span, digest FROM delivered WHERE span IN ({marks})", chunk)
            )
        return [span for key, span in own.items() if delivered.get(key) != span.digest]

    def confirm(self, spans: Sequence[ForwardedSpan]) -> None:
        """Mark spans as delivered."""
        rows = [(span.id.to_bytes(8), span.digest) for span in spans]
        with self._connection:
            self._connection.executemany("REPLACE INTO delivered VALUES (?, ?)", rows)

    def marks(self) -> dict[SessionKey, str]:
        """Return the marks of the sessions that were delivered completely."""
        rows = self._connection.execute("SELECT source, name, mark FROM sessions")
        return {SessionKey(source, name): mark for source, name, mark in rows}

    def mark(self, session: SessionKey, mark: str) -> None:
        """Mark a session as delivered completely."""
        with self._connection:
            self._connection.execute("REPLACE INTO sessions VALUES (?, ?, ?)", (*session, mark))

    def totals(self) -> dict[str, int]:
        """Return the sums that were delivered, by their names."""
        return {name: int(value) for name, value in self._connection.execute("SELECT name, value FROM totals")}

    def note_totals(self, totals: Mapping[str, tuple[int, int]]) -> None:
        """Note sums as delivered: by name the time (epoch ms) that each is of, and the sum."""
        with self._connection:
            rows = [(name, at, str(value)) for name, (at, value) in totals.items()]  # a sum may exceed 64 bits
            self._connection.executemany("REPLACE INTO totals VALUES (?, ?, ?)", rows)

    def forget_totals(self, before: int) -> None:
        """Forget the sums of times before this one (epoch ms)."""
        with self._connection:
            self._connection.execute("DELETE FROM totals WHERE at < ?", (before - DAY,))

    def _kept(self, table: str, column: str, new: T) -> T:
        """Return the one value of a table; a ``new`` one the first time."""
        row = self._connection.execute(f"SELECT {column} FROM {table}").fetchone()
        if row is None:
            row = (new,)
            with self._connection:
                self._connection.execute(f"INSERT INTO {table} VALUES (?)", row)
        value: T = row[0]
        return value


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.executescript(f"BEGIN EXCLUSIVE; {_SCHEMA} COMMIT;")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
