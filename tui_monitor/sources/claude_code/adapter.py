"""Claude Code: its transcripts with the files of sub-agents, and what it tells hooks, statuslines and its output."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from tui_monitor.events import WindowPolicy
from tui_monitor.sources.base import AgentTraits, Head, Parser, Record, SearchContext
from tui_monitor.sources.claude_code import files
from tui_monitor.sources.claude_code.context import COMPACTION
from tui_monitor.sources.claude_code.forms import FormsParser, other_form
from tui_monitor.sources.claude_code.line import SOURCE
from tui_monitor.sources.files.line_source import LineAdapter

_MESSAGES = ("user", "assistant", "system", "progress", "attachment")
_OTHERS = ("queue-operation", "mode", "permission-mode", "last-prompt", "ai-title", "custom-title", "cost-state")


class ClaudeCode(LineAdapter):
    """Sessions that Claude Code writes under ``~/.claude/projects``."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 3

    traits: ClassVar[AgentTraits] = AgentTraits(
        title="Claude Code",
        model_family="claude",
        provider="anthropic",
        windows=WindowPolicy(assumed=200_000, sizes=(200_000, 1_000_000)),
        compaction_rule=COMPACTION,
    )

    def recognises(self, head: Head) -> bool:
        """Whether any line is one of Claude Code's; others write lines that resemble them."""
        return any(map(_is_line, head.records))

    def parser(self, path: Path, state: str) -> Parser:
        """A parser of the session's file, of a sub-agent's, or of what it told others."""
        return FormsParser(path, state)

    def related_files(self, path: Path) -> Iterable[Path]:
        """The files of the session's sub-agents, compactions and asides."""
        return () if files.agent_of(path) else files.agent_files(path)

    def is_sidecar(self, path: Path) -> bool:
        """A sub-agent's file has one beside it that says what it was started for."""
        return files.is_meta(path)

    def roots(self, context: SearchContext) -> list[Path]:
        """The folders of projects."""
        return files.roots(context)

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        """The transcripts of all projects."""
        return (path for root in self.roots(context) for path in files.session_paths(root))

    def start_directory(self, path: Path) -> str | None:
        """The folder that the session's first lines name."""
        return files.start_directory(path)

    def session_id_of(self, path: Path) -> str:
        """The session that the first lines name; transcripts and what is printed spell it in their own ways."""
        return files.first_text(path, "sessionId") or files.first_text(path, "session_id")


def _is_line(record: Record) -> bool:
    if other_form(record):
        return True
    kind = record.get("type")
    if kind in _MESSAGES:
        message = record.get("message")
        ours = not isinstance(message, dict) or "parts" not in message
        return ours and "sessionId" in record and ("uuid" in record or "message" in record)
    if kind == "summary":
        return "leafUuid" in record
    if kind == "file-history-snapshot":
        return "snapshot" in record
    return kind in _OTHERS and "sessionId" in record
