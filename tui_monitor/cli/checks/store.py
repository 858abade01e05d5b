"""Check of the store: whether it is there, whole, and of this version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tui_monitor.cli.checks.model import Finding, count, note, ok, problem
from tui_monitor.sources.files.readonly_sqlite import connect, is_interrupted
from tui_monitor.store import DamagedStoreError, StoreError, open_store
from tui_monitor.store.damage import has_damage

SET_ASIDE = ("damaged", "outdated")
"""Words in the names of stores that were set aside."""
_READ_AGAIN = "the next command sets it aside and reads the agents' files again"


def check_store(path: Path, *, is_ours: bool) -> Iterator[Finding]:
    """Yield the state of the store at ``path``, which is not created, and those beside it that were set aside."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        yield note("store", f"{path} does not exist yet", "the monitor, or stats, creates it")
    except OSError as error:
        yield problem("store", f"{path} cannot be read ({error.strerror})", "make the folder readable")
    else:
        yield _content(path, size, is_ours)
    yield from _others(path)


def _content(path: Path, size: int, is_ours: bool) -> Finding:
    try:
        if _is_damaged(path):
            return problem("store", f"{path} is damaged", _READ_AGAIN)
        with closing(open_store(path, is_ours=is_ours)) as store:
            requests = store.overall().amount.requests
            sessions = len(store.sessions())
    except DamagedStoreError as error:
        return problem("store", str(error), _READ_AGAIN)
    except StoreError as error:
        return problem("store", str(error), "the monitor goes on without it until it can be used again")
    content = f"{count(sessions, 'session')}, {count(requests, 'request')}"
    return ok("store", f"{path}: {size / 1e6:,.1f} MB, {content}")


def _is_damaged(path: Path) -> bool:
    """Return True if a look at all pages, for a few seconds at most, finds damage."""
    try:
        with closing(connect(path)) as connection:
            return has_damage(connection, "quick_check")
    except sqlite3.Error as error:
        return not is_interrupted(error) and getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB
    except OSError:  # opening it says why
        return False


def _others(path: Path) -> Iterator[Finding]:
    for word in SET_ASIDE:
        for other in sorted(path.parent.glob(f"{path.name}.{word}-*Z")):
            yield note("set aside", f"{other} was {word}", "delete it if you do not need it")
