"""The adapter of Kimi CLI and Kimi Code."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from tui_monitor.events import MAIN
from tui_monitor.sources.base import AgentTraits, Head, Parser, Record, SearchContext
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.kimi import files
from tui_monitor.sources.kimi.line import SOURCE
from tui_monitor.sources.shared.fields import table

_NEWER = ("context.append_loop_event", "context.append_message", "llm.request", "profile.bind", "turn.prompt")


class Kimi(LineAdapter):
    """Sessions of Kimi CLI and Kimi Code."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 2
    programs: ClassVar[frozenset[str]] = frozenset({"kimi", "kimi-cli"})
    traits: ClassVar[AgentTraits] = AgentTraits(title="Kimi", provider="moonshotai", resume="kimi --session {}")

    def recognises(self, head: Head) -> bool:
        return any(map(_is_record, head.records))

    def parser(self, path: Path, state: str) -> Parser:
        from tui_monitor.sources.kimi.log import KimiParser

        return KimiParser(path, state)

    def related_files(self, path: Path) -> Iterable[Path]:
        return files.agent_files(path)

    def roots(self, context: SearchContext) -> list[Path]:
        return files.roots(context)

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        return (path for root in self.roots(context) for path in files.sessions_below(root))

    def start_directory(self, path: Path) -> str | None:
        return files.start_directory(path) or None

    def session_named(self, path: Path) -> str:
        return files.session_folder(path).name if files.agent_of_file(path) == MAIN else ""


def _is_record(record: Record) -> bool:
    if record.get("type") == "metadata":
        return isinstance(record.get("protocol_version"), str)
    if "timestamp" in record and "type" not in record:
        message = table(record.get("message"))
        return isinstance(message.get("type"), str) and isinstance(message.get("payload"), dict)
    return record.get("type") in _NEWER and "agentId" in record and "time" in record
