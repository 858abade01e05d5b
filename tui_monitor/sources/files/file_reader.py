"""Reading an open file in chunks of lines, from a saved position on."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.sources.base import Checkpoints
from tui_monitor.sources.files.line_buffer import LINE_END, Line, LineBuffer
from tui_monitor.sources.files.open_file import PREFIX_BYTES, OpenFile
from tui_monitor.sources.files.read_position import Cursor, ReadPosition, saved_positions

CHUNK_LINES = 1000
"""Most lines of one chunk: small enough that other sources and the screen get their turn."""

READ_BYTES = 256 << 10
"""Bytes per read, and so the largest chunk, except for a single longer line."""

MAX_READS = 64
"""Reads without the end of a line after which other sources get their turn."""


class Chunk(NamedTuple):
    """Lines between two cursors of a source. A first chunk has the state with which its parser begins."""

    source: str
    before: str
    after: str
    lines: list[Line]
    start_state: str | None


class FileReader:
    """Reads one open file in chunks of lines. Truncation and rewriting in place are detected."""

    def __init__(self, file: OpenFile, checkpoints: Checkpoints, line_end: bytes = LINE_END) -> None:
        self.file = file
        self._line_end = line_end
        self._checkpoints = checkpoints
        self._buffer: LineBuffer | None = None
        self._position: ReadPosition | None = None
        self._generation = 0
        self._start_state: str | None = None
        self._is_rewritten = False

    @property
    def offset(self) -> int:
        """Number of bytes read."""
        return self._buffer.end if self._buffer else 0

    @property
    def has_position(self) -> bool:
        """True once there is a position by which the file can be recognised again."""
        return self._position is not None

    @property
    def start_state(self) -> str:
        """The state of the parser with which the next chunk begins; empty if it is the parser's own, or none."""
        return self._start_state or ""

    def next(self, max_lines: int = CHUNK_LINES) -> Chunk | None:
        """Return the next chunk; one without lines inside a very long line; None if there is nothing new."""
        if self._buffer and (chunk := self._take_lines(self._buffer, max_lines)):
            return chunk
        buffer = self._buffer = self._usable_buffer()
        if buffer is None:
            return None
        for _ in range(MAX_READS):
            data = self._read(buffer.end)
            if not data:
                return None
            buffer.feed(data)
            if chunk := self._take_lines(buffer, max_lines):
                return chunk
        return self._chunk(buffer, [])

    def flush(self) -> Chunk | None:
        """Return the unterminated last line, once the file is known to be final."""
        lines = self._buffer.flush() if self._buffer else []
        return self._chunk(self._buffer, lines) if self._buffer and lines else None

    def _take_lines(self, buffer: LineBuffer, max_lines: int) -> Chunk | None:
        lines = buffer.lines(max_lines)
        return self._chunk(buffer, lines) if lines else None

    def _chunk(self, buffer: LineBuffer, lines: list[Line]) -> Chunk:
        cursor = Cursor(self._generation, buffer.offset)
        if self._position:
            before, fingerprint = str(self._position.cursor), self._position.fingerprint
        else:
            # Bytes after the last line may still change; of a very long first line, those that exist must do.
            length = min(PREFIX_BYTES, buffer.offset or buffer.end)
            before, fingerprint = "", self.file.fingerprint(length)
        start_state, self._start_state = self._start_state, None
        self._position = ReadPosition(fingerprint, cursor)
        return Chunk(str(fingerprint), before, str(cursor), lines, start_state)

    def _read(self, offset: int) -> bytes:
        data = self.file.read(offset, READ_BYTES)
        if len(data) == READ_BYTES:
            return data
        # A crash leaves NULs at the end, and a network file system shows them until the bytes arrive: read them later.
        return data.rstrip(b"\0")

    def _usable_buffer(self) -> LineBuffer | None:
        """Return the buffer to continue with: a new one at the start of reading, None while the file is empty.

        Until a line has been returned there is no position to compare with, so reading starts anew each time.
        """
        size = self.file.size()
        if self._buffer and self._position:
            if size >= self._buffer.end and self._position.is_in(self.file):
                return self._buffer
            self._is_rewritten = True
        self._is_rewritten |= size == 0
        return self._begin(size) if size else None

    def _begin(self, size: int) -> LineBuffer:
        """Resume at the last position in this very file: of this reader, else of the checkpoints."""
        positions = saved_positions(self.file, self._checkpoints)
        if self._position:
            positions.insert(0, self._position)
        self._position = next((position for position in positions if position.is_in(self.file)), None)
        is_rewritten, self._is_rewritten = self._is_rewritten, False
        if self._position is None:
            (self._generation, offset), self._start_state = Cursor(0, 0), ""
        elif is_rewritten or self._position.cursor.offset > size:
            (self._generation, offset), self._start_state = Cursor(self._position.cursor.generation + 1, 0), ""
        else:
            (self._generation, offset), self._start_state = self._position.cursor, self._position.state
        return LineBuffer(offset, self._line_end)
