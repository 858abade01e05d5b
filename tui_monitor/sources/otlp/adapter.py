"""OpenTelemetry: files of OTLP JSON lines, written by a Collector's file exporter or by our own receiver, and of spans
as SDKs write them to a file or a console. Each object may be written over many lines, and all may be in one array.

A file holds the exports of many sessions and agents; each session has the source name of its agent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from tui_monitor.sources.base import Checkpoints, Head, Parser, SearchContext, Source, no_checkpoints
from tui_monitor.sources.copilot.files import telemetry_file, telemetry_folder
from tui_monitor.sources.files.document_source import DocumentSource
from tui_monitor.sources.files.head import ARRAY_OF_OBJECTS, MULTILINE_OBJECT, first_bytes
from tui_monitor.sources.files.line_buffer import LINE_END, OBJECT_END
from tui_monitor.sources.files.line_source import LineAdapter, LineSource
from tui_monitor.sources.otlp.names import SOURCE, SPOOL

_SPAN_IDS = re.compile(rb'"(?:trace_id|traceId)".*"(?:gen_ai|llm|ai|traceloop|openinference)\.', re.DOTALL)


class Otlp(LineAdapter):
    """Exported telemetry."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 12
    is_aggregate: ClassVar[bool] = True

    def recognises(self, head: Head) -> bool:
        """Return True when a line is an export request or a span, or the file begins with a request too long to be read
        whole."""
        from tui_monitor.sources.otlp.conventions import has_convention
        from tui_monitor.sources.otlp.export import SIGNALS
        from tui_monitor.sources.otlp.plain import plain_span

        if any(isinstance(record.get(signal), list) for record in head.records for signal in SIGNALS):
            return True
        if any(has_convention(span) for record in head.records if (span := plain_span(record))):
            return True
        if MULTILINE_OBJECT.match(head.raw) or ARRAY_OF_OBJECTS.match(head.raw):
            return (
                any(f'"{signal}"'.encode() in head.raw for signal in SIGNALS) or _SPAN_IDS.search(head.raw) is not None
            )
        begin = head.raw[:64].replace(b" ", b"")
        return not head.records and begin.startswith(tuple(f'{{"{signal}":['.encode() for signal in SIGNALS))

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        """Return a source of lines, of objects that are written over many, or of one array of objects."""
        first = first_bytes(path)
        if ARRAY_OF_OBJECTS.match(first):
            return DocumentSource(self, path, checkpoints)
        is_multiline = MULTILINE_OBJECT.match(first) is not None
        return LineSource(self, path, checkpoints, OBJECT_END if is_multiline else LINE_END)

    def parser(self, path: Path, state: str) -> Parser:
        """Return a parser for all conventions."""
        from tui_monitor.sources.otlp.parser import OtlpParser

        return OtlpParser(path, state)

    def roots(self, context: SearchContext) -> list[Path]:
        """Return the receiver's folder, if the environment has a data folder, and that of an agent's own telemetry."""
        data = context.env.get("TUI_MONITOR_DATA_DIR")
        return [*([Path(data) / SPOOL] if data else []), telemetry_folder(context)]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        """Yield the files that the receiver has written, one per day, and those of an agent."""
        yield from (path for root in self.roots(context) for path in root.glob("*.jsonl"))
        if extra := telemetry_file(context):
            yield extra
