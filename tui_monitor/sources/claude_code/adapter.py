"""Claude Code: transcripts of sessions and sub-agents, payloads of hooks and statuslines, and printed output."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from tui_monitor.events import ProcessScan
from tui_monitor.sources.base import AgentTraits, Head, Parser, ProcessTable, SearchContext
from tui_monitor.sources.claude_code import files, registry
from tui_monitor.sources.claude_code.line import SOURCE
from tui_monitor.sources.claude_code.metric_names import METRIC_NAMES
from tui_monitor.sources.claude_code.registry import COMPLETE_FROM
from tui_monitor.sources.claude_code.windows import COMPACTION, WINDOWS
from tui_monitor.sources.files.line_source import LineAdapter


class ClaudeCode(LineAdapter):
    """Sessions that Claude Code saves under ``~/.claude/projects``, and its output to other programs."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 21
    traits: ClassVar[AgentTraits] = AgentTraits(
        title="Claude Code",
        model_family="claude",
        provider="anthropic",
        windows=WINDOWS,
        compaction_rule=COMPACTION,
        exact_states=(
            f"Versions from {'.'.join(map(str, COMPLETE_FROM))} on state what they do in their registry of sessions, "
            "for processes on this machine. Else its hooks do: tui-monitor setup claude-code registers them."
        ),
        metric_names=METRIC_NAMES,
        resume="claude --resume {}",
    )

    def recognises(self, head: Head) -> bool:
        """Return True if any line is one of Claude Code's; other programs write lines that resemble them."""
        from tui_monitor.sources.claude_code.records import is_line

        return any(map(is_line, head.records))

    def parser(self, path: Path, state: str) -> Parser:
        """Return a parser of all formats of Claude Code."""
        from tui_monitor.sources.claude_code.records import ClaudeParser

        return ClaudeParser(path, state)

    def related_files(self, path: Path) -> Iterable[Path]:
        """Return the files of the session's sub-agents, compactions and side questions."""
        return () if files.agent_of_file(path) else files.agent_files(path)

    def is_sidecar(self, path: Path) -> bool:
        """Return True for the metadata beside a sub-agent's file."""
        return files.is_agent_metadata(path)

    def roots(self, context: SearchContext) -> list[Path]:
        """Return the folders of projects."""
        return files.roots(context)

    def session_paths(self, context: SearchContext) -> Iterable[Path]:
        """Return the transcripts of all projects."""
        return (path for root in self.roots(context) for path in files.session_paths(root))

    def scan_processes(self, context: SearchContext, table: ProcessTable) -> ProcessScan | None:
        """Return the registered sessions whose processes live."""
        return registry.scan([root.parent for root in self.roots(context)], context, table)

    def process_files(self, context: SearchContext) -> Iterable[Path]:
        """Return the files of the registry."""
        return registry.files([root.parent for root in self.roots(context)])

    def start_directory(self, path: Path) -> str | None:
        """Return the directory in the session's first lines."""
        return files.start_directory(path)

    def session_named(self, path: Path) -> str:
        """Return the session that a transcript is named after."""
        return "" if files.agent_of_file(path) else path.stem

    def session_id_of(self, path: Path) -> str:
        """Return the session in the first lines; transcripts and printed output have different names for it."""
        return files.first_text(path, "sessionId") or files.first_text(path, "session_id")
