"""A damaged store is renamed, beside the new one that takes its place, by one of the processes that notice."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from tui_monitor.store.errors import DamagedStoreError, StoreError

SIDE_FILES = ("-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite keeps beside a database."""

MAX_UNPROVEN = 8
"""Copies of damaged stores beside one, above which it is set aside only if the database itself proves the damage: an
error in the code that reads it must not fill the disk."""

_CONSEQUENCE = "the agents' files are read again"
_LOCK_TIMEOUT_S = 5.0
_LOCK_STEP_S = 0.02


def set_aside(error: DamagedStoreError) -> str:
    """Rename a damaged or outdated store with the files beside it, unless another process has; say so in a sentence.

    Nobody may have it open in this process. `folder_lock` keeps others from opening it meanwhile.

    Raises:
        StoreError: it cannot be renamed.
    """
    path = error.file.path
    if not error.is_proven and len(list(path.parent.glob(f"{path.name}.{error.condition}-*Z"))) >= MAX_UNPROVEN:
        raise StoreError(f"{path} cannot be read, and there are {MAX_UNPROVEN} damaged ones beside it: remove them.")
    try:
        with folder_lock(path.parent, exclusive=True):
            if not error.file.is_current():
                return f"The store was {error.condition} and another process has set it aside; {_CONSEQUENCE} ({path})."
            target = _free_name(path, error.condition)
            for suffix in SIDE_FILES:  # before the database: a new one must not find them
                with suppress(FileNotFoundError):
                    Path(f"{path}{suffix}").rename(f"{target}{suffix}")
            path.rename(target)
    except OSError as reason:
        raise StoreError(
            f"{path} is {error.condition} and cannot be set aside ({reason.strerror or reason}): "
            "move it away to begin a new one, which reads the agents' files again."
        ) from error
    return f"The store was {error.condition} and is kept as {target.name}; {_CONSEQUENCE} ({path})."


@contextmanager
def folder_lock(folder: Path, *, exclusive: bool = False) -> Iterator[None]:
    """Keep stores in this folder from being set aside, or (``exclusive``) from being opened, in any process.

    Where a folder cannot be locked, nothing is locked.

    Raises:
        TimeoutError: another process keeps the lock, and it is to be exclusive.
    """
    descriptor = _lock(folder, exclusive)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _lock(folder: Path, exclusive: bool) -> int | None:
    """Return a descriptor that holds the lock; None without one."""
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (ImportError, OSError):
        return None
    end = time.monotonic() + _LOCK_TIMEOUT_S
    while True:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() < end:
                time.sleep(_LOCK_STEP_S)
                continue
            os.close(descriptor)
            if exclusive:
                raise TimeoutError(0, "another process is opening it") from None
            return None
        except OSError:  # a file system without such locks
            os.close(descriptor)
            return None


def _free_name(path: Path, condition: str) -> Path:
    """Return a path beside ``path`` that is named after its condition and the present time, and does not exist."""
    now = datetime.now(UTC)
    for number in count(1):
        extra = f"-{number}" if number > 1 else ""
        target = path.with_name(f"{path.name}.{condition}-{now:%Y%m%dT%H%M%S}{extra}Z")
        if not target.exists():
            return target
    raise AssertionError
