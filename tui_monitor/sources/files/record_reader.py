"""Parsing lines into batches of events. Unreadable lines are counted and reported, and stop nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Protocol

from tui_monitor.events import Batch, Checkpoint, ContextUpdate, Event, Health, SourceRef
from tui_monitor.sources.base import Parser, Record, UnknownRecord, UnreadableRecord
from tui_monitor.sources.files.decode import decode
from tui_monitor.sources.files.file_reader import Chunk
from tui_monitor.sources.files.line_buffer import LONGEST, Line
from tui_monitor.sources.shared.fields import path_text
from tui_monitor.sources.shared.plausibility import implausibility

MAX_ERRORS = 20
"""Different errors reported for one file, each once."""

MAX_ERROR_LENGTH = 200
"""Length of one error, which may quote the file."""

_TOO_LONG = f"line longer than {LONGEST >> 20} MiB"


@dataclass(slots=True)
class _Result:
    """The outcome of the lines of one chunk."""

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
    """Parses the lines of one file or stream, chunk after chunk, into batches."""

    def __init__(self, adapter: RecordFormat, path: Path) -> None:
        self._adapter = adapter
        self._path = path_text(path)
        self._parser: Parser | None = None
        self._reported: set[str] = set()

    def batch(self, chunk: Chunk) -> Batch:
        """Return the batch of a chunk."""
        parser = self._parser_for(chunk)
        result = _Result()
        for line in chunk.lines:
            self._read_line(parser, line, result)
        adapter = self._adapter
        after = Checkpoint(chunk.source, self._path, adapter.name, adapter.version, chunk.after, parser.state())
        health = Health(len(chunk.lines), result.skipped, result.unknown, tuple(result.errors))
        size = sum(len(line.data) for line in chunk.lines)
        return Batch(chunk.before, after, tuple(result.events), health, size)

    def restore(self, state: str) -> None:
        """Make the parser of a file in which nothing is new since the checkpoint with this state: its adapter may know
        of it by that."""
        if state and self._parser is None:
            self._parser = self._adapter.parser(Path(self._path), state)

    def _parser_for(self, chunk: Chunk) -> Parser:
        if chunk.start_state is not None or self._parser is None:
            self._parser = self._adapter.parser(Path(self._path), chunk.start_state or "")
        return self._parser

    def _read_line(self, parser: Parser, line: Line, result: _Result) -> None:
        ref = SourceRef(self._path, line.offset, len(line.data))
        if line.too_long:
            self._skip(_TOO_LONG, ref, result)
            return
        try:
            for record in decode(line.data):
                self._read_record(parser, record, ref, result)
        except UnreadableRecord as error:
            self._skip(str(error), ref, result)

    def _read_record(self, parser: Parser, record: Record, ref: SourceRef, result: _Result) -> None:
        implausible = ""
        try:
            for event in parser.parse(record, ref):  # events before the broken part of a record are kept
                if reason := implausibility(event):
                    implausible = implausible or reason
                elif isinstance(event, ContextUpdate) and event.position != ref.offset:
                    result.events.append(replace(event, position=ref.offset))
                else:
                    result.events.append(event)
        except UnknownRecord:
            result.unknown += 1
        except UnreadableRecord as error:
            self._skip(str(error) or "unreadable record", ref, result)
        except Exception as error:  # records may hold anything, and parsers may be plug-ins'
            self._skip(f"{type(error).__name__}: {error}", ref, result)
        if implausible:
            self._skip(implausible, ref, result)

    def _skip(self, reason: str, ref: SourceRef, result: _Result) -> None:
        result.skipped += 1
        reason = " ".join(reason.split())[:MAX_ERROR_LENGTH]
        if reason not in self._reported and len(self._reported) < MAX_ERRORS:
            self._reported.add(reason)
            result.errors.append(f"{ref.path}: {reason} at byte {ref.offset}")
