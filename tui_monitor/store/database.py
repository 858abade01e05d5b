"""The database file: how it is opened, brought to the newest version, read and written."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tui_monitor.store.errors import StoreError, explain
from tui_monitor.store.schema import APPLICATION_ID, VERSION, migration

PATIENCE = 5.0
"""Seconds for which another program's writing is waited for."""


class StoreDatabase:
    """A connection, and the only ways to use it: everything that goes wrong in there is told as a `StoreError`."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self.connection = connection
        self.path = path
        self._version = -1
        self._inside = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Everything read inside is of one moment; it may be nested."""
        if self._inside:
            yield self.connection
        else:
            with self._transaction("BEGIN") as connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All or nothing of what is written inside is kept, and nobody else writes meanwhile."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def changed_elsewhere(self) -> bool:
        """Whether somebody else has written since the last call. Exact only inside `writing`."""
        version: int = self.connection.execute("PRAGMA data_version").fetchone()[0]
        known, self._version = self._version, version
        return version != known

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        try:
            self._inside = True
            self.connection.execute(begin)
            yield self.connection
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
        finally:
            self._inside = False
            with suppress(sqlite3.Error):
                self.connection.rollback()


def open_file(path: Path) -> StoreDatabase:
    """The database at ``path``; it and its folders are made where they are missing, for their owner alone.

    Raises:
        StoreError: it cannot be opened, is not ours, is damaged, or was written by another version.
    """
    try:
        _make(path)
        connection = _connect(str(path))
    except (OSError, sqlite3.Error) as error:
        raise explain(error, path) from error
    return _prepare(StoreDatabase(connection, path))


def open_private() -> StoreDatabase:
    """A database that nobody else sees and that is gone when it is closed; in memory where no file can be made."""
    try:
        return _prepare(StoreDatabase(_connect(""), None))
    except (sqlite3.Error, StoreError):
        return _prepare(StoreDatabase(_connect(":memory:"), None))


def _make(path: Path) -> None:
    missing = [folder for folder in path.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    if path.exists() and not path.is_file():
        raise StoreError(f"{path} is not a file: name another store.")
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _connect(name: str) -> sqlite3.Connection:
    return sqlite3.connect(name, timeout=PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=256)


def _prepare(database: StoreDatabase) -> StoreDatabase:
    try:
        _refuse_foreign(database)
        _configure(database)
        _migrate(database)
        _refuse_outdated(database)
        database.connection.execute("PRAGMA cache_size = -8000")
    except sqlite3.Error as error:
        database.close()
        raise explain(error, database.path) from error
    except StoreError:
        database.close()
        raise
    return database


def _refuse_foreign(database: StoreDatabase) -> None:
    with database.reading() as connection:
        version, mark = _pragma(connection, "user_version"), _pragma(connection, "application_id")
        tables: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and mark != APPLICATION_ID:
        raise StoreError(f"{database.path} is the database of another program: name another store.")
    if version > VERSION:
        raise StoreError(f"{database.path} was written by a newer tui-monitor: update this one, or name another store.")


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
        connection.execute("PRAGMA cache_size = 1")  # so that a private file is made, or fails, at once


def _use_wal(connection: sqlite3.Connection) -> None:
    """SQLite's own patience does not cover this one change, for which nobody else may have the file open."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


def _migrate(database: StoreDatabase) -> None:
    if _pragma(database.connection, "user_version") >= VERSION:
        return
    with database.writing() as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _create(connection, _pragma(connection, "user_version"))


def _create(connection: sqlite3.Connection, known: int) -> None:
    """Bring the tables from version ``known`` (0: there are none) to the newest."""
    for version in range(known + 1, VERSION + 1):
        for statement in migration(version):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version}")


def _refuse_outdated(database: StoreDatabase) -> None:
    """Versions that were never released made tables of their own under the same number."""
    if database.path is None:
        return
    with database.reading() as connection:
        found = _definitions(connection)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as newest:
        _create(newest, 0)
        missing = _definitions(newest) - found
    if missing:
        raise StoreError(
            f"{database.path} was made by an unreleased version of tui-monitor: "
            "move it away to begin a new one, which reads the agents' files again."
        )


def _definitions(connection: sqlite3.Connection) -> set[str]:
    """The statements that made all tables, indexes and views."""
    return {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value
