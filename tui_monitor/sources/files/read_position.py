"""Where in which file reading was left, and how a file is recognised as that one."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.events import Checkpoint
from tui_monitor.sources.base import Checkpoints
from tui_monitor.sources.files.open_file import Fingerprint, OpenFile, locator


class Cursor(NamedTuple):
    """How far a file has been read. The generation grows when it is found rewritten and is begun anew."""

    generation: int
    offset: int

    def __str__(self) -> str:
        return f"{self.generation}:{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """The cursor that is written so.

        Raises:
            ValueError: it is no cursor.
        """
        generation, offset = text.split(":")
        return cls(int(generation), int(offset))


class ReadPosition(NamedTuple):
    """Where a file was left, and the state of its parser there, where that is known."""

    fingerprint: Fingerprint
    cursor: Cursor
    state: str = ""

    def is_in(self, file: OpenFile) -> bool:
        """Whether this is a place in that file."""
        return file.fingerprint(self.fingerprint.length) == self.fingerprint


def saved_positions(file: OpenFile, checkpoints: Checkpoints) -> list[ReadPosition]:
    """The places that were kept of whatever has lain where ``file`` lies, the furthest first."""
    kept = map(_place, checkpoints(locator(file.device, file.inode)))
    return sorted(filter(None, kept), key=lambda place: place.cursor.offset, reverse=True)


def _place(checkpoint: Checkpoint) -> ReadPosition | None:
    try:
        return ReadPosition(Fingerprint.parse(checkpoint.source), Cursor.parse(checkpoint.cursor), checkpoint.state)
    except ValueError:
        return None
