"""The parser of exported telemetry: each record is read by its own convention."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from tui_monitor.events import Event, SourceRef
from tui_monitor.sources.base import Record, UnknownRecord, UnreadableRecord
from tui_monitor.sources.otlp import claude, codex, copilot, gemini, genai, metrics
from tui_monitor.sources.otlp.conventions import OPERATION, has_convention, kind_of
from tui_monitor.sources.otlp.export import SIGNALS, LogRecord, Span, logs, points, spans
from tui_monitor.sources.otlp.forwarded import forwarded_events
from tui_monitor.sources.otlp.forwarded_names import SCOPE
from tui_monitor.sources.otlp.plain import is_other_signal, plain_span
from tui_monitor.sources.otlp.state import ParserState
from tui_monitor.sources.shared.fields import path_text, text

_PREFIXES = (claude.PREFIX, codex.PREFIX, gemini.PREFIX)
_LOGS = {**claude.LOGS, **codex.LOGS, **gemini.LOGS, **genai.LOGS}


class OtlpParser:
    """Turns the export requests of one file into events, each record by its own convention. An export without any
    record of a known convention counts as unknown."""

    def __init__(self, path: Path, state: str) -> None:
        file_path = path_text(path)
        self._state = ParserState.restore(file_path, orjson.loads(state)) if state else ParserState(file_path)
        self._is_known = True

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the events of one export that belong to a session (see `tui_monitor.sources.base.Parser`)."""
        signals = [signal for signal in SIGNALS if isinstance(record.get(signal), list)]
        if not signals:
            yield from self._plain_events(record, ref)
            return
        self._state.ref = ref
        self._is_known = not any(record[signal] for signal in signals)
        yield from (event for event in self._events(record) if event.session.id)
        if not self._is_known:
            raise UnknownRecord("of no known convention")

    def state(self) -> str:
        """Return the state as JSON text."""
        return orjson.dumps(self._state.state()).decode()

    def _plain_events(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        span = plain_span(record)
        if span is None:
            if is_other_signal(record):
                return
            raise UnreadableRecord("not an OTLP export")
        self._state.ref = ref
        yield from (event for event in self._read_span(span) if event.session.id)
        if not _has_known_convention(span):
            raise UnknownRecord("of no known convention")

    def _events(self, record: Record) -> Iterator[Event]:
        for log in logs(record):
            self._is_known |= _has_known_name(log)
            yield from self._read_log(log)
        for span in spans(record):
            self._is_known |= _has_known_convention(span)
            yield from self._read_span(span)
        for point in points(record):
            is_read = metrics.is_spending(point) and point.scope != SCOPE
            self._is_known |= is_read or point.scope == SCOPE or point.name.startswith(_PREFIXES)
            yield from metrics.spending_updates(point) if is_read else ()

    def _read_log(self, log: LogRecord) -> Iterator[Event]:
        reader = None if log.scope == SCOPE else _LOGS.get(log.name)
        if reader and not (gemini.is_gemini(log.resource, log.attributes) and log.name in genai.LOGS):
            yield from reader(log, self._state)

    def _read_span(self, span: Span) -> Iterator[Event]:
        if span.scope == SCOPE:
            yield from forwarded_events(span, self._state)
            return
        reader = claude.SPANS.get(span.name)
        if reader is None and not _is_codex(span):
            of_gemini, kind = gemini.is_gemini(span.resource, span.attributes), kind_of(span)
            operation = text(span.attributes.get(OPERATION))
            spans_of = copilot.SPANS if copilot.is_copilot(span.resource) else genai.SPANS
            reader = gemini.SPANS.get(operation) if of_gemini else spans_of.get(kind) if kind else None
        yield from reader(span, self._state) if reader else self._state.traces.other_updates(span)


def _has_known_name(log: LogRecord) -> bool:
    return log.scope == SCOPE or log.name.startswith(_PREFIXES) or log.name in _LOGS


def _is_codex(span: Span) -> bool:
    """Return True for a span of Codex: it describes the inside of the program and repeats the counts of its events."""
    return text(span.resource.get("service.name")).startswith("codex")


def _has_known_convention(span: Span) -> bool:
    return _is_codex(span) or span.name.startswith(claude.PREFIX) or has_convention(span)
