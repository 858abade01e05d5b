"""OpenTelemetry: files of OTLP JSON lines, written by a Collector's file exporter or by our own receiver, and of spans
as SDKs write them to a file.

A file holds the exports of many sessions and agents; each session has the source name of its agent.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from tui_monitor.sources.base import Head, Parser, SearchContext
from tui_monitor.sources.copilot.files import telemetry_file, telemetry_folder
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.otlp.names import SOURCE, SPOOL


class Otlp(LineAdapter):
    """Exported telemetry."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 10
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
        begin = head.raw[:64].replace(b" ", b"")
        return not head.records and begin.startswith(tuple(f'{{"{signal}":['.encode() for signal in SIGNALS))

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
