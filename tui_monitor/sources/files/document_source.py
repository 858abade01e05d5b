"""The source of formats that are one JSON document, which is rewritten as a whole whenever there is more to tell."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from tui_monitor.events import Batch
from tui_monitor.sources.base import Checkpoints, matching_checkpoints, no_checkpoints
from tui_monitor.sources.files.decode import is_complete
from tui_monitor.sources.files.file_reader import Chunk
from tui_monitor.sources.files.line_buffer import LONGEST, Line
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.files.open_file import OpenFile
from tui_monitor.sources.files.record_reader import RecordReader
from tui_monitor.sources.files.stat_snapshot import StatSnapshot
from tui_monitor.sources.shared.fields import path_text


class DocumentSource:
    """The document at ``path``: each time it has changed, the parser of ``adapter`` is given all of it as one record.

    What of it was told before the parser has to know by its state. The cursor is a hash of the content.
    """

    def __init__(self, adapter: LineAdapter, path: Path, checkpoints: Checkpoints = no_checkpoints) -> None:
        self.path = path
        self._checkpoints = matching_checkpoints(adapter, checkpoints)
        self._records = RecordReader(adapter, path)
        self._snapshot = StatSnapshot(path)
        self._source = ""
        self._cursor = ""
        self._start: str | None = None
        self._size = 0
        self._read = 0

    def read(self) -> Batch | None:
        """What the document tells anew; None while it is the same, or only half of it has been written.

        Raises:
            FileNotFoundError: it was deleted after it had been read. Said once.
            OSError: it cannot be read just now.
        """
        if not self._snapshot.is_new():
            return None
        line = self._content()
        cursor = blake2b(line.data, digest_size=16).hexdigest()
        if (not line.data and not line.too_long) or cursor == self._cursor or self._is_unfinished(line):
            self._snapshot.done()
            return None
        before, self._cursor = self._cursor, cursor
        start, self._start = self._start, None
        self._read = self._size
        return self._records.batch(Chunk(self._source, before, cursor, [line], start))

    def progress(self) -> tuple[int, int]:
        """How many bytes have been read, and how many there are."""
        return self._read, self._size

    def release(self) -> None:
        """Nothing is held open."""

    def close(self) -> None:
        """Nothing is held open."""

    def _content(self) -> Line:
        """All that is there, as one line; none of it when there is no file yet."""
        try:
            file = OpenFile(self.path)
        except (FileNotFoundError, NotADirectoryError):
            if not self._source:
                return Line(0, b"")
            self._source = ""
            raise
        try:
            self._begin(f"document:{file.device}:{file.inode}:{path_text(self.path)}")
            self._size = file.size()
            return Line(0, b"", too_long=True) if self._size > LONGEST else Line(0, file.read(0, self._size))
        finally:
            file.close()

    def _begin(self, source: str) -> None:
        """Go on from where this very file was left, if it is another one than it was a moment ago."""
        if source == self._source:
            return
        self._source = source
        kept = next((kept for kept in self._checkpoints(source) if kept.source == source), None)
        self._cursor, self._start = (kept.cursor, kept.state) if kept else ("", "")

    def _is_unfinished(self, line: Line) -> bool:
        """Whether it is just being written. A document that stays broken is told as such."""
        return self._snapshot.is_fresh() and not line.too_long and not is_complete(line.data.rstrip())
