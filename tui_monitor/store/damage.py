"""Damage to a store's file: found before SQLite comes by it, and proven where its rows make no sense."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeAlias

from tui_monitor.store.errors import ReplacedStoreError, StoreFile, damaged, error_code


class MissingRowError(LookupError):
    """The absence of a row that every store has."""


CERTAIN_ERRORS = (UnicodeDecodeError, zlib.error, MissingRowError)
"""Exceptions that only damaged content causes: all that is written is UTF-8, can be decompressed, and is there."""

DECODING_ERRORS = (ValueError, TypeError, LookupError, AttributeError, *CERTAIN_ERRORS)
"""Exceptions of code that turns rows into records."""

_Stamp: TypeAlias = tuple[int, int]
"""Size and time of the last change of a file."""

_DAMAGE_CODES = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_NO_FILE = (0, 0)

_WRONG_TYPES = {"INTEGER": "'text', 'blob'", "TEXT": "'blob'", "BLOB": "'integer', 'real'"}
"""Types of values that are never written into a column of this type; SQLite accepts them and finds nothing wrong."""


def may_be_damage(error: Exception) -> bool:
    """Return True for errors that damaged rows may cause, though other things may, too."""
    if isinstance(error, sqlite3.IntegrityError):
        return True
    if isinstance(error, sqlite3.Error):
        return error_code(error) == sqlite3.SQLITE_ERROR
    return isinstance(error, DECODING_ERRORS) and not isinstance(error, UnicodeEncodeError)


def has_damage(connection: sqlite3.Connection, pragma: str = "integrity_check") -> bool:
    """Return True if the database proves to be damaged; it is read to its end."""
    try:
        row = connection.execute(f"PRAGMA {pragma}(1)").fetchone()
    except sqlite3.Error as error:
        return error_code(error) in _DAMAGE_CODES
    except UnicodeDecodeError:
        return True
    return row is not None and row[0] != "ok"


def has_wrong_types(connection: sqlite3.Connection) -> bool:
    """Return True if a column holds a value of a type that is never written there; every row is read."""
    try:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        return any(_has_wrong_type(connection, table) for (table,) in tables)
    except sqlite3.Error as error:
        return error_code(error) in _DAMAGE_CODES
    except UnicodeDecodeError:
        return True


def _has_wrong_type(connection: sqlite3.Connection, table: str) -> bool:
    columns = connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall()
    wrong = [f"typeof({_quoted(name)}) IN ({_WRONG_TYPES[type_]})" for name, type_ in columns if type_ in _WRONG_TYPES]
    if not wrong:
        return False
    query = f"SELECT 1 FROM {_quoted(table)} WHERE {' OR '.join(wrong)} LIMIT 1"
    return connection.execute(query).fetchone() is not None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class FileCheck:
    """Repeated check of a store's file for changes that are not made by SQLite.

    The file is never opened but by SQLite: closing a descriptor would release the locks of this process.
    """

    def __init__(self, file: StoreFile) -> None:
        self._file = file
        self._stamps = self._read_stamps()

    def check(self) -> None:
        """Check the file if it has changed since the last check.

        Raises:
            ReplacedStoreError: it was deleted or replaced.
            DamagedStoreError: it is damaged.
        """
        try:
            is_current = self._file.is_current()
        except OSError:  # SQLite will come by the reason
            return
        if not is_current:
            raise ReplacedStoreError(f"The store was deleted or replaced while in use ({self._file.path}).")
        before, self._stamps = self._stamps, self._read_stamps()
        (database, log), (earlier, earlier_log) = self._stamps, before
        if database != earlier and self._has_damage(thorough=log == earlier_log or database[0] < earlier[0]):
            raise damaged(self._file)

    def _has_damage(self, *, thorough: bool) -> bool:
        """Return True if the header is damaged, or with ``thorough`` anything that SQLite can check."""
        path = self._file.path
        if self._stamps[0][0] == 0:
            return True
        with suppress(sqlite3.OperationalError):  # it cannot be opened just now
            with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:  # without the log
                try:
                    connection.execute("PRAGMA schema_version").fetchone()
                except sqlite3.DatabaseError as error:
                    if error_code(error) == sqlite3.SQLITE_NOTADB:
                        return True
            if thorough:
                with closing(sqlite3.connect(path)) as connection:
                    return has_damage(connection, "quick_check")
        return False

    def _read_stamps(self) -> tuple[_Stamp, _Stamp]:
        path = self._file.path
        return _stamp(path), _stamp(path.with_name(f"{path.name}-wal"))


def _stamp(path: Path) -> _Stamp:
    try:
        status = path.stat()
    except OSError:
        return _NO_FILE
    return (status.st_size, status.st_mtime_ns) if status.st_size else _NO_FILE  # SQLite creates empty ones
