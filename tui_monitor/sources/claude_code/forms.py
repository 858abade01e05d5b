"""All forms in which Claude Code tells of itself, and who reads each: one file may hold several."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from tui_monitor.events import Event, SourceRef
from tui_monitor.sources.base import Parser, Record
from tui_monitor.sources.claude_code.hooks import HooksParser, is_hook
from tui_monitor.sources.claude_code.parser import TranscriptParser
from tui_monitor.sources.claude_code.printed import PrintedParser, is_printed
from tui_monitor.sources.claude_code.statusline import StatuslineParser, is_status

_TRANSCRIPT = "transcript"
_MakeParser: TypeAlias = Callable[[Path, str], Parser]
_PARSERS: dict[str, _MakeParser] = {
    _TRANSCRIPT: TranscriptParser,
    "hooks": HooksParser,
    "statusline": StatuslineParser,
    "printed": PrintedParser,
}
_OTHERS = (("hooks", is_hook), ("statusline", is_status), ("printed", is_printed))


class FormsParser:
    """Reads each record by the parser of its form, of which only those are made that are needed."""

    def __init__(self, path: Path, state: str) -> None:
        kept: dict[str, str] = json.loads(state) if state else {}
        self._path = path
        self._parsers = {form: _PARSERS[form](path, own) for form, own in kept.items()}

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        """See `tui_monitor.sources.base.Parser`."""
        form = other_form(record) or _TRANSCRIPT
        if form not in self._parsers:
            self._parsers[form] = _PARSERS[form](self._path, "")
        return self._parsers[form].parse(record, ref)

    def state(self) -> str:
        """See `tui_monitor.sources.base.Parser`."""
        return json.dumps({form: parser.state() for form, parser in self._parsers.items()})


def other_form(record: Record) -> str:
    """The form of a record that is no line of a transcript; empty for one that may be."""
    if "sessionId" in record:
        return ""
    return next((form for form, is_form in _OTHERS if is_form(record)), "")
