"""Claude Code: transcripts of sessions and sub-agents, payloads of hooks and statuslines, and printed output."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar, TypeAlias

from tui_monitor.events import Event, ProcessScan, SourceRef
from tui_monitor.sources.base import AgentTraits, Head, Parser, ProcessTable, Record, SearchContext
from tui_monitor.sources.claude_code import files, registry
from tui_monitor.sources.claude_code.context import COMPACTION
from tui_monitor.sources.claude_code.hooks import HooksParser, is_hook
from tui_monitor.sources.claude_code.line import SOURCE
from tui_monitor.sources.claude_code.printed.parser import PrintedParser, is_printed
from tui_monitor.sources.claude_code.registry import COMPLETE_FROM
from tui_monitor.sources.claude_code.statusline import StatuslineParser, is_status
from tui_monitor.sources.claude_code.transcript import TranscriptParser
from tui_monitor.sources.claude_code.windows import WINDOWS
from tui_monitor.sources.files.line_source import LineAdapter

_MESSAGES = ("user", "assistant", "system", "progress", "attachment")
_OTHER_TYPES = ("queue-operation", "mode", "permission-mode", "last-prompt", "ai-title", "custom-title", "cost-state")

_MakeParser: TypeAlias = Callable[[Path, str], Parser]
_TRANSCRIPT = "transcript"
_PARSERS: dict[str, _MakeParser] = {
    _TRANSCRIPT: TranscriptParser,
    "hooks": HooksParser,
    "statusline": StatuslineParser,
    "printed": PrintedParser,
}
_OTHER_FORMATS = (("hooks", is_hook), ("statusline", is_status), ("printed", is_printed))


class ClaudeCode(LineAdapter):
    """Sessions that Claude Code saves under ``~/.claude/projects``, and its output to other programs."""

    name: ClassVar[str] = SOURCE
    version: ClassVar[int] = 14
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
    )

    def recognises(self, head: Head) -> bool:
        """Return True if any line is one of Claude Code's; other programs write lines that resemble them."""
        return any(map(_is_line, head.records))

    def parser(self, path: Path, state: str) -> Parser:
        """Return a parser of all formats of Claude Code."""
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


class ClaudeParser:
    """Parses each record by the parser of its format: one file may have records of several."""

    def __init__(self, path: Path, state: str) -> None:
        saved: dict[str, str] = json.loads(state) if state else {}
        self._path = path
        self._parsers = {record_format: _PARSERS[record_format](path, own) for record_format, own in saved.items()}

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        """Return the events of one record; see `tui_monitor.sources.base.Parser`."""
        record_format = _other_format(record) or _TRANSCRIPT
        if record_format not in self._parsers:
            self._parsers[record_format] = _PARSERS[record_format](self._path, "")
        return self._parsers[record_format].parse(record, ref)

    def state(self) -> str:
        """Return everything needed to go on."""
        return json.dumps({record_format: parser.state() for record_format, parser in self._parsers.items()})


def _other_format(record: Record) -> str:
    """Return the format of a record that is not a line of a transcript; empty for one that may be."""
    if "sessionId" in record:
        return ""
    return next((record_format for record_format, matches in _OTHER_FORMATS if matches(record)), "")


def _is_line(record: Record) -> bool:
    if _other_format(record):
        return True
    kind = record.get("type")
    if kind in _MESSAGES:
        message = record.get("message")
        is_own = "systemPayload" not in record and (not isinstance(message, dict) or "parts" not in message)
        return is_own and "sessionId" in record and ("uuid" in record or "message" in record)
    if kind == "summary":
        return "leafUuid" in record
    if kind == "file-history-snapshot":
        return "snapshot" in record
    return kind in _OTHER_TYPES and "sessionId" in record
