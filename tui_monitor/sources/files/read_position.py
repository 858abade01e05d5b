"""A position in a file, valid only for that very file."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.events import Checkpoint
from tui_monitor.sources.base import Checkpoints
from tui_monitor.sources.files.open_file import Fingerprint, OpenFile, inode_prefix


class Cursor(NamedTuple):
    """Offset of the next line to read. The generation increases each time a rewritten file is started anew."""

    generation: int
    offset: int

    def __str__(self) -> str:
        return f"{self.generation}:{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Return the cursor whose ``str`` is ``text``.

        Raises:
            ValueError: ``text`` is not a cursor.
        """
        generation, offset = text.split(":")
        return cls(int(generation), int(offset))


class ReadPosition(NamedTuple):
    """A cursor in the file with this fingerprint, with the parser's state there if it is known."""

    fingerprint: Fingerprint
    cursor: Cursor
    state: str = ""

    def is_in(self, file: OpenFile) -> bool:
        """Return True if ``file`` is the file of this position."""
        return file.fingerprint(self.fingerprint.length) == self.fingerprint


def saved_positions(file: OpenFile, checkpoints: Checkpoints) -> list[ReadPosition]:
    """Return the saved positions of all files that have had the inode of ``file``, the largest offset first."""
    positions = map(_position, checkpoints(inode_prefix(file.device, file.inode)))
    return sorted(filter(None, positions), key=lambda position: position.cursor.offset, reverse=True)


def _position(checkpoint: Checkpoint) -> ReadPosition | None:
    try:
        return ReadPosition(Fingerprint.parse(checkpoint.source), Cursor.parse(checkpoint.cursor), checkpoint.state)
    except ValueError:
        return None
