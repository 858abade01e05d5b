"""Errors of a store, each one sentence with the cause and the remedy."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path


class StoreError(Exception):
    """The store cannot be used as requested. The text says why and what to do; the attempt has changed nothing."""


@dataclass(frozen=True, slots=True)
class StoreFile:
    """The file of a store: its path, and the device and inode numbers it had when it was opened."""

    path: Path
    device: int
    inode: int

    @classmethod
    def at(cls, path: Path) -> StoreFile:
        """Return the file that is at ``path`` now.

        Raises:
            OSError: there is none.
        """
        status = path.stat()
        return cls(path, status.st_dev, status.st_ino)

    def is_current(self) -> bool:
        """Return False if the path leads to another file by now, or to none.

        Raises:
            OSError: this cannot be found out.
        """
        try:
            return StoreFile.at(self.path) == self
        except FileNotFoundError:
            return False


class DamagedStoreError(StoreError):
    """The content of the store's ``file`` is damaged: no wait, space or permission will mend it. See `set_aside`.

    ``is_proven``: the database says so itself; otherwise its rows make no sense. ``condition`` names what is wrong in a
    word.
    """

    condition = "damaged"

    def __init__(self, file: StoreFile, text: str, *, is_proven: bool = True) -> None:
        super().__init__(text)
        self.file = file
        self.is_proven = is_proven


class OutdatedStoreError(DamagedStoreError):
    """The store's ``file`` has tables of a version that was never released: it is set aside like a damaged one."""

    condition = "outdated"


class ReplacedStoreError(StoreError):
    """The store's file was deleted or replaced while it was open: what is written would be lost."""


_SENTENCES = {
    sqlite3.SQLITE_BUSY: "{} is being written by another program: wait until it is done, or go on without a store.",
    sqlite3.SQLITE_LOCKED: "{} is being written by another program: wait until it is done, or go on without a store.",
    sqlite3.SQLITE_FULL: "No space left for {}: free some disk space.",
    sqlite3.SQLITE_READONLY: "{} cannot be written: check its permissions and those of its folder.",
    sqlite3.SQLITE_PERM: "{} cannot be written: check its permissions and those of its folder.",
    sqlite3.SQLITE_CANTOPEN: "{} cannot be opened: check its permissions and those of its folder.",
    sqlite3.SQLITE_NOTADB: "{} is not a database: move it away to begin a new one, or name another store.",
    sqlite3.SQLITE_CORRUPT: "{} is damaged: move it away to begin a new one, which reads the agents' files again.",
    sqlite3.SQLITE_IOERR: "{} cannot be read or written: the disk reports an error.",
}
_UNDECODABLE = "Could not decode to UTF-8"
"""Begins SQLite's message on a text that is none, which has no code."""


def explain(error: sqlite3.Error | OSError, path: Path | None, file: StoreFile | None = None) -> StoreError:
    """Return the error of the database or the system in plain words: a `DamagedStoreError` if ``file`` is damaged.

    ``path`` is None for a private database, and ``file`` if it may be somebody else's.
    """
    store = str(path) if path else "The private database"
    if isinstance(error, OSError):
        return StoreError(f"{store} cannot be opened ({error.strerror or error}): check its path and permissions.")
    code = error_code(error)
    sentence = _SENTENCES.get(code, "{} cannot be used (" + str(error) + ").").format(store)
    is_damaged = file and code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
    return DamagedStoreError(file, sentence) if file and is_damaged else StoreError(sentence)


def damaged(file: StoreFile, *, is_proven: bool = True) -> DamagedStoreError:
    """Return the error of a file whose content is damaged."""
    return DamagedStoreError(file, _SENTENCES[sqlite3.SQLITE_CORRUPT].format(file.path), is_proven=is_proven)


def error_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary code of an error; 0 if it has none."""
    if str(error).startswith(_UNDECODABLE):
        return sqlite3.SQLITE_CORRUPT
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
