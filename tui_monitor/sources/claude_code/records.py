"""The records of all files of Claude Code: each is parsed by the parser of its format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from tui_monitor.events import Event, SourceRef
from tui_monitor.sources.base import Parser, Record
from tui_monitor.sources.claude_code.hooks import HooksParser, is_hook
from tui_monitor.sources.claude_code.printed.parser import PrintedParser, is_printed
from tui_monitor.sources.claude_code.statusline import StatuslineParser, is_status
from tui_monitor.sources.claude_code.transcript import TranscriptParser

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


class ClaudeParser:
    """Parses each record by the parser of its format: one file may have records of several."""

    def __init__(self, path: Path, state: str) -> None:
        saved: dict[str, str] = json.loads(state) if state else {}
        self._path = path
        self._parsers = {record_format: _PARSERS[record_format](path, own) for record_format, own in saved.items()}

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        """Return the events of one record; see `tui_monitor.sources.base.Parser`."""
        record_format = _TRANSCRIPT if "sessionId" in record else _other_format(record) or _TRANSCRIPT
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


def is_line(record: Record) -> bool:
    """Return True for a record of Claude Code; other programs write some that resemble them."""
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
