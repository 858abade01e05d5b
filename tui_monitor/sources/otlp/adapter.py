"""OpenTelemetry: files of OTLP JSON lines, as a Collector's file exporter writes them, or our own receiver.

A file holds what many sessions and many agents export, each session under its agent's own name.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from tui_monitor.sources.base import Head, LineAdapter, Parser, Places
from tui_monitor.sources.otlp.export import SIGNALS
from tui_monitor.sources.otlp.genai import SOURCE
from tui_monitor.sources.otlp.parser import OtlpParser

SPOOL = "otlp"
"""The folder, in the data folder, into which the receiver writes."""


class Otlp(LineAdapter):
    """Exported telemetry."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 1
    gathers: ClassVar[bool] = True

    def recognises(self, head: Head) -> bool:
        """Whether a line is an export request, or the file begins with one that is too long to be seen whole."""
        if any(isinstance(record.get(signal), list) for record in head.records for signal in SIGNALS):
            return True
        begin = head.raw[:64].replace(b" ", b"")
        return not head.records and begin.startswith(tuple(f'{{"{signal}":['.encode() for signal in SIGNALS))

    def parser(self, path: Path, state: str) -> Parser:
        """A parser of all conventions."""
        return OtlpParser(path, state)

    def roots(self, places: Places) -> list[Path]:
        """The receiver's folder, where the data folder is told."""
        data = places.env.get("TUI_MONITOR_DATA_DIR")
        return [Path(data) / SPOOL] if data else []

    def sessions(self, places: Places) -> Iterable[Path]:
        """What the receiver has written, a file a day."""
        return (path for root in self.roots(places) for path in root.glob("*.jsonl"))
