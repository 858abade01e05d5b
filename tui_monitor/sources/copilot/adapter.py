"""The adapter of Copilot CLI."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from tui_monitor.sources.base import (
    AgentTraits,
    Checkpoints,
    Head,
    Parser,
    Record,
    SearchContext,
    Source,
    no_checkpoints,
)
from tui_monitor.sources.copilot import files
from tui_monitor.sources.copilot.line import SOURCE
from tui_monitor.sources.files.line_source import LineAdapter


class Copilot(LineAdapter):
    """Sessions of Copilot CLI."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 5
    programs: ClassVar[frozenset[str]] = frozenset({"copilot"})
    traits: ClassVar[AgentTraits] = AgentTraits(title="Copilot CLI", resume="copilot --resume {}")

    def recognises(self, head: Head) -> bool:
        return any(map(_is_start, head.records))

    def open(self, path: Path, checkpoints: Checkpoints = no_checkpoints) -> Source:
        if not files.is_in_store(path):
            return super().open(path, checkpoints)
        from tui_monitor.sources.copilot.store_source import StoreSource

        return StoreSource(self, path, checkpoints)

    def parser(self, path: Path, state: str) -> Parser:
        from tui_monitor.sources.copilot.session import CopilotParser

        return CopilotParser(path, state)

    def related_files(self, path: Path) -> Iterable[Path]:
        rows = None if files.is_in_store(path) else files.store_of(path)
        return [rows] if rows else []

    def watched_paths(self, path: Path) -> Iterable[Path]:
        if not files.is_in_store(path):
            return (path,)
        from tui_monitor.sources.copilot.store_source import watched_paths

        return watched_paths(path.parent)

    def is_sidecar(self, path: Path) -> bool:
        return path.name == files.STORE

    def roots(self, context: SearchContext) -> list[Path]:
        return [files.root(context)]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        return files.sessions(context)

    def start_directory(self, path: Path) -> str | None:
        return files.start_directory(path) or None

    def session_named(self, path: Path) -> str:
        return files.session_named(path)


def _is_start(record: Record) -> bool:
    data = record.get("data")
    if record.get("type") != "session.start" or not isinstance(data, dict):
        return False
    return "sessionId" in data and ("copilotVersion" in data or data.get("producer") == "copilot-agent")
