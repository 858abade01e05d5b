"""Compares files with the last commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from textual.message import Message
from textual.widget import Widget

from tui_monitor.tui.git import HeadDiff

HeadReader: TypeAlias = Callable[[Path], HeadDiff]


@dataclass
class HeadCompared(Message):
    """A worker has compared a file with the last commit."""

    path: str
    head: HeadDiff


class HeadComparer:
    """Has a worker of ``widget`` compare the file last passed to `compare`, and sends it what has come of it."""

    def __init__(self, widget: Widget, read: HeadReader) -> None:
        self._widget, self._read = widget, read

    def compare(self, folder: Path, path: str) -> None:
        """Compare a file of a session's folder."""
        self._widget.run_worker(partial(self._work, folder, path), group="git", exclusive=True, thread=True)

    def _work(self, folder: Path, path: str) -> None:
        """Compare in a thread of the worker."""
        self._widget.post_message(HeadCompared(path, self._read(folder / path)))
