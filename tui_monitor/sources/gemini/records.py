"""The records of all files of Gemini CLI: each is parsed by the parser of its format."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from tui_monitor.events import Event, SourceRef
from tui_monitor.sources.base import Parser, Record
from tui_monitor.sources.gemini import printed, usage
from tui_monitor.sources.gemini.chat import ChatParser
from tui_monitor.sources.shared.fields import as_json


class GeminiParser:
    """Reads a chat, printed lines or telemetry; each record shows which."""

    def __init__(self, path: Path, state: str) -> None:
        saved: dict[str, str] = orjson.loads(state) if state else {}
        self._chat = ChatParser(path, saved.get("chat", ""))
        self._printed = printed.StreamJsonParser(path, saved.get("printed", ""))

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        if usage.is_telemetry(record):
            return usage.parse_telemetry(record, ref)
        parser: Parser = self._printed if printed.is_printed(record) else self._chat
        return parser.parse(record, ref)

    def state(self) -> str:
        return as_json({"chat": self._chat.state(), "printed": self._printed.state()})
