"""One open file, read line by line from the place where it was left."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.sources.base import Checkpoints
from tui_monitor.sources.files.line_buffer import LINE_END, Line, LineBuffer
from tui_monitor.sources.files.open_file import PREFIX_BYTES, OpenFile
from tui_monitor.sources.files.read_position import Cursor, ReadPosition, saved_positions

CHUNK_LINES = 1000
"""The most lines of one piece: small enough that other sources, and the screen, get their turn."""

READ_BYTES = 256 << 10
"""How much is read at once, and so the most bytes of one piece, but for a single longer line."""

MAX_READS = 64
"""After so many reads without the end of a line it is time to let others have their turn too."""


class Chunk(NamedTuple):
    """Lines between two cursors of a source. ``start`` is the state that the parser begins with; None: it goes on."""

    source: str
    before: str
    after: str
    lines: list[Line]
    start: str | None


class FileReader:
    """Gives the lines of one open file, also when it is cut off or rewritten in place meanwhile."""

    def __init__(self, file: OpenFile, checkpoints: Checkpoints, ending: bytes = LINE_END) -> None:
        self.file = file
        self._ending = ending
        self._checkpoints = checkpoints
        self._buffer: LineBuffer | None = None
        self._left: ReadPosition | None = None
        self._generation = 0
        self._start: str | None = None
        self._is_rewritten = False

    @property
    def offset(self) -> int:
        """How many bytes of it have been read."""
        return self._buffer.end if self._buffer else 0

    @property
    def has_position(self) -> bool:
        """True once there is a position by which the file can be recognised again."""
        return self._left is not None

    def next(self) -> Chunk | None:
        """The next lines; none of them when a very long one is not at its end yet; None when there is nothing new."""
        if self._buffer and (piece := self._cut(self._buffer)):
            return piece
        buffer = self._buffer = self._usable_buffer()
        if buffer is None:
            return None
        for _ in range(MAX_READS):
            data = self._read(buffer.end)
            if not data:
                return None
            buffer.feed(data)
            if piece := self._cut(buffer):
                return piece
        return self._piece(buffer, [])

    def flush(self) -> Chunk | None:
        """What stands behind the last complete line, as a line: for when nothing will be added to it."""
        lines = self._buffer.flush() if self._buffer else []
        return self._piece(self._buffer, lines) if self._buffer and lines else None

    def _cut(self, buffer: LineBuffer) -> Chunk | None:
        lines = buffer.lines(CHUNK_LINES)
        return self._piece(buffer, lines) if lines else None

    def _piece(self, buffer: LineBuffer, lines: list[Line]) -> Chunk:
        cursor = Cursor(self._generation, buffer.offset)
        if self._left:
            before, fingerprint = str(self._left.cursor), self._left.fingerprint
        else:
            # What follows the last line may still be taken back; of a very long first one what is there has to do.
            length = min(PREFIX_BYTES, buffer.offset or buffer.end)
            before, fingerprint = "", self.file.fingerprint(length)
        start, self._start = self._start, None
        self._left = ReadPosition(fingerprint, cursor)
        return Chunk(str(fingerprint), before, str(cursor), lines, start)

    def _read(self, offset: int) -> bytes:
        data = self.file.read(offset, READ_BYTES)
        if len(data) == READ_BYTES:
            return data
        # A crash leaves NULs at the end, a network file system shows them until the bytes have come: look again later.
        return data.rstrip(b"\0")

    def _usable_buffer(self) -> LineBuffer | None:
        """The buffer to read on into: a new one where reading begins, none while the file is empty.

        As long as no line has been given out there is nothing to know the file by, so it is begun each time.
        """
        size = self.file.size()
        if self._buffer and self._left:
            if size >= self._buffer.end and self._left.is_in(self.file):
                return self._buffer
            self._is_rewritten = True
        self._is_rewritten |= size == 0
        return self._begin(size) if size else None

    def _begin(self, size: int) -> LineBuffer:
        """Go on from where this very file was left: by this reading a moment ago, else as the checkpoints say."""
        kept = saved_positions(self.file, self._checkpoints)
        places = [self._left, *kept] if self._left else kept
        self._left = next((place for place in places if place.is_in(self.file)), None)
        is_rewritten, self._is_rewritten = self._is_rewritten, False
        if self._left is None:
            (self._generation, offset), self._start = Cursor(0, 0), ""
        elif is_rewritten or self._left.cursor.offset > size:
            (self._generation, offset), self._start = Cursor(self._left.cursor.generation + 1, 0), ""
        else:
            (self._generation, offset), self._start = self._left.cursor, self._left.state
        return LineBuffer(offset, self._ending)
