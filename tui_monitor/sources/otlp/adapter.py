"""x"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

import orjson

from tui_monitor.events import Event, SourceRef
from tui_monitor.sources.base import Head, Parser, Record, SearchContext, UnknownRecord, UnreadableRecord
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.otlp import claude, codex, gemini, genai, metrics
from tui_monitor.sources.otlp.export import SIGNALS, Log, Span, logs, points, spans
from tui_monitor.sources.otlp.genai import SOURCE
from tui_monitor.sources.otlp.state import Desk
from tui_monitor.sources.shared.fields import path_text, text

SPOOL = "otlp"
"""The folder, in the data folder, into which the receiver writes."""


class Otlp(LineAdapter):
    """Exported telemetry."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 1
    is_aggregate: ClassVar[bool] = True

    def recognises(self, head: Head) -> bool:
        """Whether a line is an export request, or the file begins with one that is too long to be seen whole."""
        if any(isinstance(record.get(signal), list) for record in head.records for signal in SIGNALS):
            return True
        begin = head.raw[:64].replace(b" ", b"")
        return not head.records and begin.startswith(tuple(f'{{"{signal}":['.encode() for signal in SIGNALS))

    def parser(self, path: Path, state: str) -> Parser:
        """A parser of all conventions."""
        return OtlpParser(path, state)

    def roots(self, context: SearchContext) -> list[Path]:
        """The receiver's folder, where the data folder is told."""
        data = context.env.get("TUI_MONITOR_DATA_DIR")
        return [Path(data) / SPOOL] if data else []

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        """What the receiver has written, a file a day."""
        return (path for root in self.roots(context) for path in root.glob("*.jsonl"))


_PREFIXES = (claude.PREFIX, codex.PREFIX, gemini.PREFIX)
_LOGS = {**claude.LOGS, **codex.LOGS, **gemini.LOGS, **genai.LOGS}


class OtlpParser:
    """Reads one file. An export of which no record is written by a known convention counts as unknown."""

    def __init__(self, path: Path, state: str) -> None:
        name = path_text(path)
        self._desk = Desk.restored(name, orjson.loads(state)) if state else Desk(name)
        self._is_known = True

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """The events of one export, but for those that belong to no session; see `tui_monitor.sources.base.Parser`."""
        signals = [signal for signal in SIGNALS if isinstance(record.get(signal), list)]
        if not signals:
            raise UnreadableRecord("not an OTLP export")
        self._desk.ref = ref
        self._is_known = not any(record[signal] for signal in signals)
        yield from (event for event in self._events(record) if event.session.id)
        if not self._is_known:
            raise UnknownRecord("of no known convention")

    def state(self) -> str:
        """What is needed to go on from here."""
        return orjson.dumps(self._desk.state()).decode()

    def _events(self, record: Record) -> Iterator[Event]:
        for log in logs(record):
            self._is_known |= _is_known_log(log)
            yield from self._log(log)
        for span in spans(record):
            self._is_known |= _is_known_span(span)
            yield from self._span(span)
        for point in points(record):
            self._is_known |= metrics.is_spending(point) or point.name.startswith(_PREFIXES)
            yield from metrics.read(point) if metrics.is_spending(point) else ()

    def _log(self, log: Log) -> Iterator[Event]:
        reader = _LOGS.get(log.name)
        if reader and not (_is_gemini(log.resource, log.attributes) and log.name in genai.LOGS):
            yield from reader(log, self._desk)

    def _span(self, span: Span) -> Iterator[Event]:
        reader = claude.SPANS.get(span.name)
        if reader is None:
            operations = gemini.SPANS if _is_gemini(span.resource, span.attributes) else genai.SPANS
            reader = operations.get(text(span.attributes.get(genai.OPERATION)))
        if reader:
            yield from reader(span, self._desk)


def _is_gemini(resource: Record, told: Record) -> bool:
    return gemini.SERVICE in (resource.get("service.name"), told.get("gen_ai.agent.name"))


def _is_known_log(log: Log) -> bool:
    return log.name.startswith(_PREFIXES) or log.name in _LOGS


def _is_known_span(span: Span) -> bool:
    own = text(span.resource.get("service.name")).startswith("codex")
    return own or span.name.startswith(claude.PREFIX) or genai.OPERATION in span.attributes
