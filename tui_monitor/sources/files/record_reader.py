"""Lines → events, by the parser of an adapter. What cannot be read is counted and said, and stops nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

from tui_monitor.events import Batch, Checkpoint, Event, Health, SourceRef
from tui_monitor.sources.base import Parser, Record, UnknownRecord, UnreadableRecord
from tui_monitor.sources.files.decode import decode
from tui_monitor.sources.files.file_reader import Chunk
from tui_monitor.sources.files.line_buffer import LONGEST, Line
from tui_monitor.sources.shared.fields import path_text

MOST_ERRORS = 20
"""Different errors that are told of one file; they are told once each."""

MOST_LETTERS = 200
"""What is told of one error: it may quote what it did not understand."""

_TOO_LONG = f"line longer than {LONGEST >> 20} MiB"


@dataclass(slots=True)
class _Found:
    """What the lines of one piece gave."""

    events: list[Event] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    skipped: int = 0
    unknown: int = 0


class RecordFormat(Protocol):
    """The part of an adapter that reading records needs."""

    name: ClassVar[str]
    version: ClassVar[int]

    def parser(self, path: Path, state: str) -> Parser:
        """Return a parser that begins with ``state``."""


class RecordReader:
    """Reads the lines of one file or stream, piece after piece, into batches."""

    def __init__(self, adapter: RecordFormat, path: Path) -> None:
        self._adapter = adapter
        self._path = path_text(path)
        self._parser: Parser | None = None
        self._told: set[str] = set()

    def batch(self, piece: Chunk) -> Batch:
        """All that the piece tells."""
        parser = self._parser_for(piece)
        found = _Found()
        for line in piece.lines:
            self._read_line(parser, line, found)
        adapter = self._adapter
        after = Checkpoint(piece.source, self._path, adapter.name, adapter.version, piece.after, parser.state())
        health = Health(len(piece.lines), found.skipped, found.unknown, tuple(found.errors))
        return Batch(piece.before, after, tuple(found.events), health)

    def _parser_for(self, piece: Chunk) -> Parser:
        if piece.start is not None or self._parser is None:
            self._parser = self._adapter.parser(Path(self._path), piece.start or "")
        return self._parser

    def _read_line(self, parser: Parser, line: Line, found: _Found) -> None:
        ref = SourceRef(self._path, line.offset, len(line.data))
        if line.too_long:
            self._skip(_TOO_LONG, ref, found)
            return
        try:
            for record in decode(line.data):
                self._read_record(parser, record, ref, found)
        except UnreadableRecord as error:
            self._skip(str(error), ref, found)

    def _read_record(self, parser: Parser, record: Record, ref: SourceRef, found: _Found) -> None:
        try:
            # Extended one by one: what a record tells before it turns out to be broken is not lost.
            found.events.extend(parser.parse(record, ref))
        except UnknownRecord:
            found.unknown += 1
        except UnreadableRecord as error:
            self._skip(str(error) or "unreadable record", ref, found)
        except Exception as error:  # whatever a record may hold, and whoever wrote the parser
            self._skip(f"{type(error).__name__}: {error}", ref, found)

    def _skip(self, reason: str, ref: SourceRef, found: _Found) -> None:
        found.skipped += 1
        reason = " ".join(reason.split())[:MOST_LETTERS]
        if reason not in self._told and len(self._told) < MOST_ERRORS:
            self._told.add(reason)
            found.errors.append(f"{ref.path}: {reason} at byte {ref.offset}")
