"""What the operating system tells of changes in folders, by way of watchfiles."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

GROUPING_MS = 20
"""Changes that follow one another without a pause are told together, but no later than this."""

_Identity = tuple[int, int]


class Notifier:
    """Hears of changes to some files, and of what appears in some folders (not below them).

    It can only listen to folders that are there: when one of them comes or goes it is outdated, and another one should
    take its place.
    """

    def __init__(self, files: Iterable[Path], folders: Iterable[Path]) -> None:
        self._files = {os.path.realpath(file): file for file in files}
        self._folders = {os.path.realpath(folder): folder for folder in folders}
        self._wanted = {*map(Path, self._folders), *(Path(file).parent for file in self._files)}
        self._above = {str(folder) for wanted in self._wanted for folder in _upwards(wanted)}
        self._roots = self._existing()
        self._moved = False
        self.fault = ""
        """Why it hears nothing, if so."""
        self._notify = self._listen()

    def hear(self, timeout_ms: int, step_ms: int, woken: Event) -> set[Path]:
        """Wait until something changes, ``woken`` is set, or the time is over; answer with what may have changed.

        It takes between one and two steps to hear of a change; each step wakes the processor.
        """
        if self._notify is None:
            woken.wait(timeout_ms / 1000)
            return set()
        heard = self._notify.watch(GROUPING_MS, step_ms, timeout_ms, woken)
        if heard == "signal":
            raise KeyboardInterrupt
        if isinstance(heard, str):
            return set()
        return {path for _, changed in heard for path in self._meaning(changed)}

    def is_outdated(self, thoroughly: bool) -> bool:
        """Whether a folder has come or gone since it began to listen, as far as it heard, or after a thorough look."""
        return self._moved or (thoroughly and self._existing() != self._roots)

    def close(self) -> None:
        """Listen no more."""
        if self._notify:
            self._notify.close()

    def _listen(self) -> RustNotify | None:
        try:
            # The blocking generator of watchfiles has one step for all its life, and cannot be woken but to end it.
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
            # A private module that is not there or has changed, a limit of the system, a folder that has gone just now.
            self.fault = f"no hints of changed files: {error}"
            return None

    def _existing(self) -> dict[str, _Identity]:
        """For each folder that is wanted the nearest one that is there, and which one that is."""
        return dict(filter(None, map(_nearest, self._wanted)))

    def _meaning(self, changed: str) -> Iterator[Path]:
        self._moved |= changed in self._above
        parent, name = os.path.split(changed)
        if changed in self._files:
            yield self._files[changed]
        elif parent in self._folders:
            yield self._folders[parent] / name


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
