"""The source of most formats: a file of JSON objects, one a line."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path

from tui_monitor.events import Batch
from tui_monitor.sources.base import Adapter, Checkpoints, Parser, Source, matching_checkpoints, no_checkpoints
from tui_monitor.sources.files.line_buffer import LINE_END
from tui_monitor.sources.files.record_reader import RecordReader
from tui_monitor.sources.files.tail import Tail


class LineAdapter(Adapter):
    """A format that is a file of JSON objects, one a line."""

    @abstractmethod
    def parser(self, path: Path, state: str) -> Parser:
        """A parser that begins with ``state`` (the empty string: at the beginning of the file)."""

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        return LineSource(self, path, checkpoints)


class LineSource:
    """The file at ``path``, read by ``adapter``, on from what its same version has kept of this very file.

    Whatever comes to bear the name is read: a file that replaces another one gives batches under its own identity.
    ``ending`` is what ends a line (see `LineBuffer`).
    """

    def __init__(
        self,
        adapter: LineAdapter,
        path: Path,
        checkpoints: Checkpoints = no_checkpoints,
        ending: bytes = LINE_END,
    ) -> None:
        self.path = path
        self._tail = Tail(path, matching_checkpoints(adapter, checkpoints), ending)
        self._records = RecordReader(adapter, path)

    def read(self) -> Batch | None:
        """The next lines as events; a batch without any says that it is not at the end of a very long line yet.

        Raises:
            FileNotFoundError: it was deleted after it had been read. Said once.
            OSError: it cannot be read just now.
        """
        piece = self._tail.read()
        return self._records.batch(piece) if piece else None

    def progress(self) -> tuple[int, int]:
        """How many bytes have been read, and how many there are."""
        return self._tail.progress()

    def release(self) -> None:
        """Close the descriptor until the next read."""
        self._tail.release()

    def close(self) -> None:
        """Let go of the file."""
        self._tail.close()
