"""Change notifications of the operating system, through watchfiles."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

GROUPING_MS = 20
"""Longest time for which changes that follow one another without a pause are collected."""

_ADDED = re.compile(r"^error creating [\w ]+: | \(os error \d+\)$|\.? about \[.*$", re.IGNORECASE | re.DOTALL)

_Identity = tuple[int, int]


class Notifier:
    """Receives changes of some files, and of entries of some folders (not below them).

    Only existing folders can be watched: when one is created or removed, the notifier is outdated and should be
    replaced.
    """

    def __init__(self, files: Iterable[Path], folders: Iterable[Path]) -> None:
        self._real_paths: dict[Path, str] = {}
        self._files = self._by_real_path(files)
        self._folders = {os.path.realpath(folder): folder for folder in folders}
        self._targets = {*map(Path, self._folders), *(Path(file).parent for file in self._files)}
        self._watched_folders = {str(target) for target in self._targets}
        self._ancestors = {str(folder) for target in self._targets for folder in _upwards(target)}
        self._roots = self._existing()
        self._has_folder_changed = False
        self.fault = ""
        """The reason if it receives nothing, else empty."""
        self._notify = self._start()

    def set_files(self, files: Iterable[Path]) -> bool:
        """Receive changes of these files instead. Return False if one is in a folder that is not watched."""
        real = self._by_real_path(files)
        if any(os.path.dirname(path) not in self._watched_folders for path in real):  # noqa: PTH120
            return False
        self._files = real
        return True

    def wait(self, timeout_ms: int, step_ms: int, wake_up: Event) -> set[Path]:
        """Wait for a change, for ``wake_up`` or for the timeout. Return the paths that may have changed.

        A change is noticed after one to two steps; each step wakes the processor.
        """
        if self._notify is None:
            wake_up.wait(timeout_ms / 1000)
            return set()
        changes = self._notify.watch(GROUPING_MS, step_ms, timeout_ms, wake_up)
        if changes == "signal":
            raise KeyboardInterrupt
        if isinstance(changes, str):
            return set()
        return {path for _, changed in changes for path in self._watched(changed)}

    def is_outdated(self, thoroughly: bool) -> bool:
        """Return True if a folder was created or removed, going by the notifications or by a thorough check."""
        return self._has_folder_changed or (thoroughly and self._existing() != self._roots)

    def close(self) -> None:
        """Stop watching."""
        if self._notify:
            self._notify.close()

    def _by_real_path(self, files: Iterable[Path]) -> dict[str, Path]:
        """Return the files by their real paths, each of which is found out once."""
        self._real_paths = {file: self._real_paths.get(file) or os.path.realpath(file) for file in files}
        return {path: file for file, path in self._real_paths.items()}

    def _start(self) -> RustNotify | None:
        try:
            # The generator of watchfiles has one step for its whole life, and waking it ends it.
            from watchfiles._rust_notify import RustNotify

            return RustNotify(
                list(self._roots),
                debug=False,
                force_polling=False,
                poll_delay_ms=0,
                recursive=False,
                ignore_permission_denied=True,
            )
        except (ImportError, OSError, RuntimeError, TypeError) as error:
            # The private module is missing or has changed, a limit of the system, a folder removed just now.
            self.fault = f"no change notifications: {_reason(error)}"
            return None

    def _existing(self) -> dict[str, _Identity]:
        """Return the nearest existing folder of each target, with its identity."""
        return dict(filter(None, map(_nearest, self._targets)))

    def _watched(self, changed: str) -> Iterator[Path]:
        self._has_folder_changed |= changed in self._ancestors
        parent, name = os.path.split(changed)
        if changed in self._files:
            yield self._files[changed]
        elif parent in self._folders:
            yield self._folders[parent] / name


def _reason(error: Exception) -> str:
    """Return why nothing is received, without what the library adds before and the number of the error behind."""
    return _ADDED.sub("", str(error)).lower()


def _upwards(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.parents


def _nearest(folder: Path) -> tuple[str, _Identity] | None:
    for candidate in _upwards(folder):
        if (identity := _identity(candidate)) is not None:
            return str(candidate), identity
    return None


def _identity(folder: Path) -> _Identity | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None
