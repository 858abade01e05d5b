"""Databases of other programs: opened for one look at a time, and never for writing.

In WAL mode even a reader leaves files behind where there are none. So a database that nobody has open is read as a file
that does not change; it is let go at once, so that a writer who comes meanwhile is hardly noticed.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from tui_monitor.regular_files import check_regular, open_binary

MAX_LOOK_S = 3.0
"""Seconds of CPU time that one look may take: a view or a recursion in the file of somebody else may never end."""

_PATIENCE_S = 1.0
_STEPS_PER_CHECK = 100_000
_FUNCTIONS = ("coalesce", "count", "json_extract", "json_valid", "like", "max", "min")
_WAL = b"\x02"
_MODE_AT = 18

SIDE_FILES = ("-wal", "-shm", "-journal")
"""The ends of the names of files that SQLite keeps beside a database."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the SQLite database at ``path``; rows have names, text that is none is mended.

    It is for one look by this thread: a query that would take more than `MAX_LOOK_S` is interrupted; see `reason`.

    Raises:
        OSError: it cannot be read.
        sqlite3.Error: it is no database, or cannot be opened just now.
    """
    for suffix in SIDE_FILES:  # SQLite opens them by name
        with suppress(FileNotFoundError):
            check_regular(path.with_name(path.name + suffix))
    with open_binary(path) as file:
        file.seek(_MODE_AT)
        in_wal_mode = file.read(1) == _WAL
    at_rest = in_wal_mode and not wal_of(path).exists()
    uri = f"{path.absolute().as_uri()}?{'immutable=1' if at_rest else 'mode=ro'}"
    connection = sqlite3.connect(uri, uri=True, timeout=_PATIENCE_S, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.text_factory = _decoded
    until = time.thread_time() + MAX_LOOK_S
    connection.set_progress_handler(lambda: time.thread_time() > until, _STEPS_PER_CHECK)
    connection.execute("PRAGMA query_only = ON")
    connection.set_authorizer(_authorize)
    return connection


def reason(error: sqlite3.Error) -> str:
    """Return why a look failed, for people."""
    return f"a query takes more than {MAX_LOOK_S:.0f} s" if is_interrupted(error) else str(error)


def is_interrupted(error: sqlite3.Error) -> bool:
    """Return True if a look took too long."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT


def wal_of(path: Path) -> Path:
    """Return the write-ahead log of the database at ``path``: it changes before the database does."""
    return path.with_name(f"{path.name}-wal")


def _authorize(action: int, _: str | None, function: str | None, *_names: str | None) -> int:
    """Allow the functions of our queries: a view or a column of somebody else may call no other.

    The schema itself is trusted: an index of Kilo calls functions that SQLite before 3.41 takes for unsafe, and then it
    would open none of its tables.
    """
    is_foreign = action == sqlite3.SQLITE_FUNCTION and function not in _FUNCTIONS
    return sqlite3.SQLITE_DENY if is_foreign else sqlite3.SQLITE_OK


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
