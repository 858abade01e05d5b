"""The database file: how it is opened and migrated, and the transactions in which it is read and written."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tui_monitor.regular_files import check_regular, open_descriptor
from tui_monitor.store import schema
from tui_monitor.store.amount_columns import AMOUNT_COLUMNS
from tui_monitor.store.damage import (
    CERTAIN_ERRORS,
    DECODING_ERRORS,
    FileCheck,
    has_damage,
    has_wrong_types,
    may_be_damage,
)
from tui_monitor.store.errors import OutdatedStoreError, StoreError, StoreFile, damaged, error_code, explain
from tui_monitor.store.quarantine import SIDE_FILES, folder_lock
from tui_monitor.store.schema import APPLICATION_ID, Backfill, Migration
from tui_monitor.store.sql import MAX_PLAUSIBLE

BUSY_TIMEOUT = 5.0
"""Seconds to wait while another program writes."""

_LOCK_STEP_MS = 50
"""Milliseconds that SQLite waits for a lock at a time; between two waits the time limit is checked."""

_COUNTED = {
    "totals": (*AMOUNT_COLUMNS, "max_prompt", "max_output"),
    "sessions": ("calls", "failed", "rejected", "files_changed", "lines_added", "lines_removed", "uncounted"),
    "checkpoints": ("lines", "skipped", "unknown"),
}
"""Columns that are summed, in tables short enough to be looked through at each start."""

_IMPLAUSIBLE_ROWS = " UNION ALL ".join(
    f"SELECT 1 FROM {table} WHERE max({columns}) > {MAX_PLAUSIBLE} OR min({columns}) < -{MAX_PLAUSIBLE}"
    for table, columns in ((table, ", ".join(names)) for table, names in _COUNTED.items())
)
_READ_AGAIN = ("UPDATE checkpoints SET version = -1", "DELETE FROM read_files")
"""No adapter has this version: every source is read again from its beginning."""


class StoreDatabase:
    """A connection and its transactions, whose errors are all raised as `StoreError`.

    ``file`` is None for a private database.
    """

    def __init__(self, connection: sqlite3.Connection, file: StoreFile | None) -> None:
        self.connection = connection
        self.path = file.path if file else None
        self._file = file
        self._check = FileCheck(file) if file else None
        self._lock_timeout_s = BUSY_TIMEOUT
        self._version = -1
        self._in_transaction = False
        self._is_proven_sound = False

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Open a transaction, unless there is one, in which all that `reading` reads is of one moment."""
        if self._in_transaction:
            yield
            return
        with self._transaction(self._begin):
            yield

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction, unless there is one, for code that only turns rows into records: if it fails, the rows
        are damaged."""
        try:
            if self._in_transaction:
                yield self.connection
            else:
                with self._transaction(self._begin) as connection:
                    yield connection
        except UnicodeEncodeError:  # of what was asked for
            raise
        except DECODING_ERRORS as error:
            if self._file is None:
                raise
            raise damaged(self._file, is_proven=isinstance(error, CERTAIN_ERRORS)) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that excludes other writers, and is rolled back if anything inside fails."""
        try:
            with self._transaction(self._lock) as connection:
                yield connection
        except Exception as error:
            reason = error.__cause__ if isinstance(error, StoreError) else error
            if isinstance(reason, Exception) and may_be_damage(reason) and self._file and self._prove_damage(reason):
                raise damaged(self._file) from error
            raise

    def set_lock_timeout(self, seconds: float | None = None) -> None:
        """Let `writing` wait so long for other programs (None: as usual). Another thread may call it meanwhile."""
        self._lock_timeout_s = BUSY_TIMEOUT if seconds is None else seconds

    def changed_elsewhere(self) -> bool:
        """Return True if another connection has written since the last call. Exact inside `writing` only."""
        version: int = self.connection.execute("PRAGMA data_version").fetchone()[0]
        last, self._version = self._version, version
        return version != last

    def check_file(self) -> None:
        """Check that the file is still the one that was opened, and no other program has damaged it.

        Raises:
            ReplacedStoreError: it was deleted or replaced.
            DamagedStoreError: it is damaged.
        """
        if self._check:
            self._check.check()

    def damaged(self) -> StoreError:
        """Return the error of this database being damaged."""
        return damaged(self._file) if self._file else StoreError("The private database is damaged.")

    def outdated(self) -> StoreError:
        """Return the error of this database having tables of a version that was never released."""
        text = f"{self.path} was made by an unreleased version of tui-monitor: move it away to begin a new one."
        return OutdatedStoreError(self._file, text, is_proven=False) if self._file else StoreError(text)

    def copy(self) -> StoreDatabase:
        """Return a private database with the same content.

        Raises:
            StoreError: it cannot be read, or there is no space for the copy.
        """
        copy = open_private()
        try:
            with self.reading() as connection:
                connection.backup(copy.connection)
        except (sqlite3.Error, StoreError) as error:
            copy.close()
            raise error if isinstance(error, StoreError) else explain(error, self.path, self._file) from error
        return copy

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @contextmanager
    def _transaction(self, begin: Callable[[], None]) -> Iterator[sqlite3.Connection]:
        try:
            self._in_transaction = True
            begin()
            yield self.connection
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise explain(error, self.path, self._file) from error
        finally:
            self._in_transaction = False
            with suppress(sqlite3.Error, UnicodeDecodeError):
                self.connection.rollback()

    def _prove_damage(self, error: Exception) -> bool:
        """Return True if ``error`` comes from damage; the whole database is checked only once."""
        if isinstance(error, CERTAIN_ERRORS):
            return True
        is_sound = self._is_proven_sound
        is_damaged = not is_sound and (has_damage(self.connection) or has_wrong_types(self.connection))
        self._is_proven_sound = not is_damaged
        return is_damaged

    def _begin(self) -> None:
        self.connection.execute("BEGIN")

    def _lock(self) -> None:
        """Exclude other writers, waiting in steps for those that there are."""
        start = time.monotonic()
        self.connection.execute(f"PRAGMA busy_timeout = {_LOCK_STEP_MS}")
        try:
            while True:
                try:
                    self.connection.execute("BEGIN IMMEDIATE")
                    return
                except sqlite3.OperationalError as error:
                    if not _is_busy(error) or time.monotonic() - start >= self._lock_timeout_s:
                        raise
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {round(BUSY_TIMEOUT * 1000)}")


def open_file(path: Path, *, any_thread: bool = False, is_ours: bool = True) -> StoreDatabase:
    """Open the database at ``path``; create it and its folders, for their owner alone, if they are missing.

    With ``any_thread`` several threads may use it, one at a time; otherwise only the one that opened it. Unless it
    ``is_ours`` a file that is no database is not damaged, but somebody else's.

    Raises:
        DamagedStoreError: it is damaged.
        StoreError: it cannot be opened, is not ours, or was written by another version.
    """
    file = None
    try:
        _create_folders(path)
        with folder_lock(path.parent):
            _create_file(path)
            file = StoreFile.at(path)
            connection = _connect(str(path), any_thread)
            if not is_ours:
                _refuse_other_file(connection, path)
            return _prepare(StoreDatabase(connection, file))
    except (OSError, sqlite3.Error) as error:
        raise explain(error, path, file) from error
    except UnicodeDecodeError as error:  # SQLite's message quotes what is damaged
        if file is None:
            raise
        raise damaged(file) from error


def open_private() -> StoreDatabase:
    """Open a database of this process that is deleted when it is closed; in memory if no file can be created."""
    try:
        return _prepare(StoreDatabase(_connect(""), None))
    except (sqlite3.Error, StoreError):
        return _prepare(StoreDatabase(_connect(":memory:"), None))


def _create_folders(path: Path) -> None:
    missing = [folder for folder in path.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)


def _create_file(path: Path) -> None:
    for suffix in SIDE_FILES:  # SQLite opens them by name
        with suppress(FileNotFoundError):
            check_regular(f"{path}{suffix}")
    try:
        check_regular(path)
    except FileNotFoundError:
        with suppress(FileExistsError):
            os.close(open_descriptor(path, os.O_RDWR | os.O_CREAT | os.O_EXCL))
    if not os.access(path, os.R_OK | os.W_OK):  # opened and closed, it would lose the locks that this process holds
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _refuse_other_file(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is no database; it may be anything that the user has named by mistake."""
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as error:
        if error_code(error) == sqlite3.SQLITE_NOTADB:
            connection.close()
            raise explain(error, path) from error


def _connect(name: str, any_thread: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(
        name, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=not any_thread, cached_statements=256
    )


def _prepare(database: StoreDatabase) -> StoreDatabase:
    try:
        _refuse_foreign(database)
        _configure(database)
        _migrate(database)
        _refuse_outdated(database)
        _refuse_implausible(database)
        database.connection.execute("PRAGMA cache_size = -8000")
    except BaseException:
        database.close()
        raise
    return database


def _refuse_foreign(database: StoreDatabase) -> None:
    with database.reading() as connection:
        version, application = _pragma(connection, "user_version"), _pragma(connection, "application_id")
        tables: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and application != APPLICATION_ID:
        raise StoreError(f"{database.path} is the database of another program: name another store.")
    if version > schema.migrations()[-1].version:
        raise StoreError(f"{database.path} was written by a newer tui-monitor: update this one, or name another store.")
    if tables and version < 1:  # both are written together
        raise database.damaged()


def _configure(database: StoreDatabase) -> None:
    connection = database.connection
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA foreign_keys = OFF")
    if database.path:
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA journal_size_limit = 16000000")
    else:
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA cache_size = 1")  # so that a private file is created, or fails, at once


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging. SQLite's own timeout does not cover this, which nobody else may interfere with."""
    end = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > end:
                raise
            time.sleep(0.01)


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _migrate(database: StoreDatabase) -> None:
    newest = schema.migrations()[-1].version
    if _pragma(database.connection, "user_version") >= newest:
        return
    with database.writing() as connection:
        version = _pragma(connection, "user_version")  # another program may have been faster
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _apply(connection, [one for one in schema.migrations() if one.version > version])


def _apply(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    for migration in migrations:
        for statement in migration.statements:
            connection.execute(statement)
        if migration.backfill is Backfill.READ_AGAIN:
            for statement in _READ_AGAIN:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {migration.version}")


def _refuse_outdated(database: StoreDatabase) -> None:
    """Refuse databases of versions that were never released, whose tables differ under the same version number."""
    if database.path is None:
        return
    with database.reading() as connection:
        existing = _definitions(connection)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as newest:
        _apply(newest, schema.migrations())
        missing = _definitions(newest) - existing
    if missing:
        raise database.outdated()


def _refuse_implausible(database: StoreDatabase) -> None:
    """Refuse counts that nothing real can add up to. Earlier versions took any count: all sums were meaningless."""
    with database.reading() as connection:
        is_implausible = connection.execute(f"{_IMPLAUSIBLE_ROWS} LIMIT 1").fetchone()
    if is_implausible and database.path:
        raise database.damaged()


def _definitions(connection: sqlite3.Connection) -> set[str]:
    """Return the statements that define all tables, indexes and views."""
    return {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value
