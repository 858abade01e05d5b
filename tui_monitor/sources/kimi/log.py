"""A wire log of either kind: a line with the version of the protocol, then records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from tui_monitor.events import MAIN, AgentUpdate, Event, SessionKey, SessionUpdate, SourceRef
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.kimi import files, older_log
from tui_monitor.sources.kimi.calls import KimiCalls
from tui_monitor.sources.kimi.line import SOURCE
from tui_monitor.sources.kimi.newer_log import NewerLog
from tui_monitor.sources.shared.event_line import EventLine
from tui_monitor.sources.shared.fields import path_text, seconds_to_epoch_ms, table, text, to_epoch_ms

_MAX_LENGTH = 4096
_METADATA = "metadata"


class KimiParser:
    """Turns the records of one wire log into events; ``state`` is the saved state."""

    def __init__(self, path: Path, state: str) -> None:
        saved: dict[str, Any] = orjson.loads(state) if state else {}
        self._path = path
        self._session = SessionKey(SOURCE, files.session_folder(path).name or path.stem)
        self._agent = files.agent_of_file(path)
        self._is_begun: bool = saved.get("is_begun", False)
        self._last_at: int = saved.get("last_at", 0)
        self._calls = KimiCalls(saved)
        self._newer = NewerLog(self._calls, saved.get("request", ""), saved.get("model", ""))

    def state(self) -> str:
        """Return the state as JSON text."""
        parts = {
            "is_begun": self._is_begun,
            "last_at": self._last_at,
            "request": self._newer.request,
            "model": self._newer.model,
            **self._calls.state(),
        }
        return orjson.dumps(parts).decode()

    def parse(self, record: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the events of one record (see `base.Parser`)."""
        message, kind = record.get("message"), text(record.get("type"))
        is_older = isinstance(message, dict) and not kind
        if not is_older and not kind:
            raise UnknownRecord("no type")
        if kind == _METADATA:
            self._last_at = to_epoch_ms(record.get("created_at")) or self._last_at
            return
        time = seconds_to_epoch_ms(record.get("timestamp")) if is_older else to_epoch_ms(record.get("time"))
        self._last_at = time or self._last_at
        line = EventLine(self._session, self._agent, self._last_at, ref)
        yield from self._begin(line)
        if is_older:
            yield from older_log.read_message(table(message), line, self._calls)
        else:
            yield from self._newer.read(record, line)

    def _begin(self, line: EventLine) -> Iterator[Event]:
        """Yield, once, what the files beside the log say about its session, or that it is of a sub-agent."""
        if self._is_begun:
            return
        self._is_begun = True
        if self._agent != MAIN:
            yield AgentUpdate(**line.fields, parent=MAIN, started=line.at)
            return
        yield SessionUpdate(
            session=line.session,
            at=line.at,
            cwd=files.start_directory(self._path)[:_MAX_LENGTH],
            title=text(files.read_state(self._path).get("title"))[:_MAX_LENGTH],
            path=path_text(self._path),
        )
