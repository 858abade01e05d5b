"""Errors of a store, each one sentence with the cause and the remedy."""

from __future__ import annotations

import sqlite3
from pathlib import Path


class StoreError(Exception):
    """The store cannot be used as requested. The text says why and what to do; the attempt has changed nothing."""


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


def explain(error: sqlite3.Error | OSError, path: Path | None) -> StoreError:
    """Return the error of the database or the system in plain words. ``path`` is None for a private database."""
    store = str(path) if path else "The private database"
    if isinstance(error, OSError):
        return StoreError(f"{store} cannot be opened ({error.strerror or error}): check its path and permissions.")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    sentence = _SENTENCES.get(code, "{} cannot be used (" + str(error) + ").")
    return StoreError(sentence.format(store))
