"""Files of JSON objects, one per line: the adapter and the source of most formats."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path

from tui_monitor.events import Batch
from tui_monitor.sources.base import Adapter, Checkpoints, Parser, Source, matching_checkpoints, no_checkpoints
from tui_monitor.sources.files.file_reader import CHUNK_LINES
from tui_monitor.sources.files.line_buffer import LINE_END
from tui_monitor.sources.files.record_reader import RecordReader
from tui_monitor.sources.files.tail import Tail


class LineAdapter(Adapter):
    """A format of files with one JSON object per line."""

    @abstractmethod
    def parser(self, path: Path, state: str) -> Parser:
        """Return a parser that continues from ``state`` (the empty string: from the beginning of the file)."""

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        return LineSource(self, path, checkpoints)


class LineSource:
    """The file at ``path``, resumed from the checkpoint of the same file and adapter version.

    A file that replaces another one at ``path`` is read as well, and gives batches under its own identity. For
    ``line_end`` see `LineBuffer`.
    """

    def __init__(
        self,
        adapter: LineAdapter,
        path: Path,
        checkpoints: Checkpoints = no_checkpoints,
        line_end: bytes = LINE_END,
    ) -> None:
        self.path = path
        self._tail = Tail(path, matching_checkpoints(adapter, checkpoints), line_end)
        self._records = RecordReader(adapter, path)

    def read(self, max_lines: int = CHUNK_LINES) -> Batch | None:
        """Return the events of the next lines, at most ``max_lines``.

        A batch inside a very long line has no events. None if nothing is new.

        Raises:
            FileNotFoundError: the file was deleted after it had been read. Raised once.
            OSError: the file cannot be read now.
        """
        chunk = self._tail.read(max_lines)
        if chunk is None:
            self._records.restore(self._tail.start_state)
            return None
        return self._records.batch(chunk)

    @property
    def is_drained(self) -> bool:
        """True if the last read took all that was there: another one now would return None."""
        return self._tail.is_drained

    def progress(self) -> tuple[int, int]:
        """Return the number of bytes read and the size of the file."""
        return self._tail.progress()

    def release(self) -> None:
        """Close the descriptor until the next read."""
        self._tail.release()

    def reopen(self) -> None:
        """Hold the descriptor again after `release`, if the file is still there."""
        self._tail.reopen()

    def close(self) -> None:
        """Close the file."""
        self._tail.close()
