"""The adapter of Qwen Code."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from tui_monitor.sources.base import AgentTraits, Head, Parser, SearchContext
from tui_monitor.sources.files.line_source import LineAdapter
from tui_monitor.sources.gemini.qwen import files
from tui_monitor.sources.gemini.qwen.line import SOURCE, is_line


class Qwen(LineAdapter):
    """Sessions of Qwen Code."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 4
    programs: ClassVar[frozenset[str]] = frozenset({"qwen"})
    traits: ClassVar[AgentTraits] = AgentTraits(title="Qwen Code", resume="qwen --resume {}")

    def recognises(self, head: Head) -> bool:
        return any(map(is_line, head.records))

    def parser(self, path: Path, state: str) -> Parser:
        from tui_monitor.sources.gemini.qwen.chat import QwenParser

        return QwenParser(path, state)

    def related_files(self, path: Path) -> Iterable[Path]:
        return files.agent_chats(path)

    def is_sidecar(self, path: Path) -> bool:
        return files.is_metadata(path)

    def roots(self, context: SearchContext) -> list[Path]:
        return [files.root(context)]

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        return files.chats(context)

    def start_directory(self, path: Path) -> str | None:
        return files.start_directory(path) or None

    def session_named(self, path: Path) -> str:
        return "" if files.agent_of_file(path) else path.stem
