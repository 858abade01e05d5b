"""Watches which files of a session's folder differ from the last commit: commands change files, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TypeAlias

from textual.message import Message
from textual.widget import Widget

from tui_monitor.events import SessionKey
from tui_monitor.live.session import SessionState
from tui_monitor.tui.git import TreeFile
from tui_monitor.units import HOUR

LEAST_S = 10.0
"""Seconds between two looks."""
MAX_SHARE = 100
"""A look takes at most this part of the time: git is slow in large working trees."""
MAX_AGE_MS = 12 * HOUR
"""Age of a session's last event after which the working tree says nothing about it."""

TreeReader: TypeAlias = Callable[[Path], tuple[TreeFile, ...]]


@dataclass
class TreeRead(Message):
    """A worker has listed the files of a session's folder that differ from the last commit."""

    session: SessionKey
    files: tuple[TreeFile, ...]


class TreeWatcher:
    """Has a worker of ``widget`` list the files once more whenever calls have ended since."""

    def __init__(self, widget: Widget, read: TreeReader) -> None:
        self._widget = widget
        self._read = read
        self._listed: tuple[SessionKey, int] | None = None
        self._next_at = 0.0
        self._files: TreeRead | None = None

    def files(self, state: SessionState, now: int) -> tuple[TreeFile, ...]:
        """Return the files of a session at ``now`` (epoch ms) as far as they are known, and look again if need be."""
        if not state.folder or now - state.last_at > MAX_AGE_MS:
            return ()
        current = (state.key, state.totals.calls)
        is_other = self._listed is None or self._listed[0] != state.key
        if current != self._listed and (is_other or monotonic() >= self._next_at):
            self._listed, self._next_at = current, monotonic() + LEAST_S
            work = partial(self._look, state.key, Path(state.folder))
            self._widget.run_worker(work, group="tree", exclusive=True, thread=True)
        return self._files.files if self._files and self._files.session == state.key else ()

    def update(self, message: TreeRead) -> None:
        """Take the files that a worker has listed."""
        self._files = message

    def _look(self, session: SessionKey, folder: Path) -> None:
        """List the files in a thread of the worker."""
        began = monotonic()
        files = self._read(folder)
        self._next_at = max(self._next_at, monotonic() + MAX_SHARE * (monotonic() - began))
        self._widget.post_message(TreeRead(session, files))
