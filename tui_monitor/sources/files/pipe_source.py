"""Sources that can be read only once, as they arrive: standard input and named pipes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from tui_monitor.events import Batch
from tui_monitor.sources.base import Adapter, Head
from tui_monitor.sources.files.file_reader import CHUNK_LINES, Chunk
from tui_monitor.sources.files.head import HEAD_BYTES, UnrecognisedFormat, head_of
from tui_monitor.sources.files.line_buffer import Line, LineBuffer
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.files.pipe_reader import CHUNKS, PipeReader
from tui_monitor.sources.files.read_position import Cursor
from tui_monitor.sources.files.record_reader import RecordReader


class FormatRecogniser(Protocol):
    """The part of the registry that a pipe needs."""

    def recognise_head(self, head: Head) -> Adapter:
        """Return the adapter for a stream that begins with ``head``; raises `UnrecognisedFormat`."""


def _ignore() -> None:
    pass


class PipeSource:
    """Reads a pipe to its end. The format is recognised by its first lines.

    ``read`` never blocks: ``on_data`` is called, in another thread, whenever there may be something to read.
    """

    def __init__(
        self,
        path: Path,
        registry: FormatRecogniser,
        descriptor: int | None = None,
        on_data: Callable[[], None] = _ignore,
    ) -> None:
        """Read ``descriptor``, or (None) the named pipe at ``path``."""
        self.path = path
        self.ended = False
        """True once everything has been read."""
        self._registry = registry
        self._source = f"pipe:{uuid.uuid4().hex}"
        self._cursor = ""
        self._state = ""
        self._buffer = LineBuffer()
        self._first: list[Line] = []
        self._refusal: UnrecognisedFormat | None = None
        self._records: RecordReader | None = None
        self._pipe = PipeReader(path, descriptor, on_data)

    def read(self) -> Batch | None:
        """Return the events of the next lines; None if there are none yet.

        Raises:
            UnrecognisedFormat: the first lines are of no format that can be read from a pipe. Raised once; the rest is
                not read.
            OSError: the pipe cannot be read, and has ended.
        """
        records = self._records or self._recognise()
        if records is None:
            return None
        lines, self._first = self._first or self._lines(), []
        if not lines:
            return None
        chunk = Chunk(self._source, self._cursor, str(Cursor(0, self._buffer.offset)), lines, None)
        self._cursor = chunk.after
        batch = records.batch(chunk)
        before, self._state = self._state, batch.after.state
        return replace(batch, lines=tuple((line.offset, line.data) for line in lines), state_before=before)

    def progress(self) -> tuple[int, int]:
        """Return the number of bytes read and received."""
        return self._buffer.offset, self._buffer.end

    def release(self) -> None:
        """Keep the pipe: it cannot be opened again."""

    def halt(self) -> None:
        """Take no more bytes from the pipe; those taken can still be read."""
        self._pipe.halt()

    def close(self) -> None:
        """Stop reading."""
        self.ended = True
        self._first = []
        self._buffer = LineBuffer(self._buffer.end)
        self._pipe.stop()

    def _lines(self) -> list[Line]:
        # At most one full queue: a fast writer must not keep this thread.
        for _ in range(CHUNKS + 1):
            if lines := self._buffer.lines(CHUNK_LINES):
                return lines
            chunk = None if self.ended else self._pipe.get()
            if chunk is None:
                break
            if not chunk:
                self.ended = True
                return self._buffer.flush()
            self._buffer.feed(chunk)
        return []

    def _recognise(self) -> RecordReader | None:
        """Collect lines until they show the format, or are too many to do so."""
        while self._collected() < HEAD_BYTES and (lines := self._lines()):
            self._first += lines
            try:
                self._records = RecordReader(self._adapter(), self.path)
                return self._records
            except UnrecognisedFormat as error:
                self._refusal = error
        if self._first and self._refusal and (self.ended or self._collected() >= HEAD_BYTES):
            self.close()
            raise self._refusal
        return None

    def _collected(self) -> int:
        return sum(len(line.data) for line in self._first)

    def _adapter(self) -> LineAdapter:
        head = head_of(self.path, b"\n".join(line.data for line in self._first))
        adapter = self._registry.recognise_head(head)
        if not isinstance(adapter, LineAdapter):
            raise UnrecognisedFormat(f"{self.path}: {adapter.name} cannot be read from a pipe")
        return adapter
