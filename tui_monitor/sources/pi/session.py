"""A session file: a header, then entries, each of which names the one that it follows. Entries are only appended; after
a step back in the conversation the next one follows an earlier one. oh-my-pi writes a line with the title first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from tui_monitor.events import (
    MAIN,
    AgentUpdate,
    CallProgress,
    CompactionSummary,
    CompactionUpdate,
    ContextUpdate,
    Event,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    SourceRef,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.pi.files import session_above, session_in_name
from tui_monitor.sources.pi.messages import PiMessages
from tui_monitor.sources.pi.usage import PiSpending, usage_of
from tui_monitor.sources.pi.windows import windows_for
from tui_monitor.sources.shared.event_line import EventLine
from tui_monitor.sources.shared.fields import iso_to_epoch_ms, number, path_text, table, text
from tui_monitor.sources.shared.open_calls import OpenCalls

_MAX_LENGTH = 4096
_WITHOUT_EVENTS = (
    "context_edit",
    "credential_pin",
    "custom_message",
    "label",
    "model_change",
    "session_init",
    "thinking_level_change",
    "ttsr_injection",
)


class PiParser:
    """Turns the lines of one session file into events; ``state`` is the saved state."""

    def __init__(self, source: str, path: Path, state: str, *, counts_nested: bool) -> None:
        saved: dict[str, Any] = orjson.loads(state) if state else {}
        self._path = path
        self._above = session_above(path)
        self._agent = path.stem if self._above else MAIN
        self._session = SessionKey(source, saved.get("id") or self._above or session_in_name(path.stem) or path.stem)
        self._last_id: str = saved.get("last_id", "")
        self._last_at: int = saved.get("last_at", 0)
        self._provider: str = saved.get("provider", "")
        self._model: str = saved.get("model", "")
        self._tiers: dict[str, str] = saved.get("tiers", {})
        self._calls: OpenCalls[Record] = OpenCalls(saved.get("open"), saved.get("answered"))
        self._messages = PiMessages(self._calls, windows_for(path), counts_nested)

    def state(self) -> str:
        """Return the state as JSON text."""
        parts = {
            "id": self._session.id,
            "last_id": self._last_id,
            "last_at": self._last_at,
            "provider": self._provider,
            "model": self._model,
            "tiers": self._tiers,
            **self._calls.state(),
        }
        return orjson.dumps(parts).decode()

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        """Return the events of one line (see `base.Parser`)."""
        kind = text(record.get("type"))
        if kind == "session":
            return self._header(record, ref)
        if kind == "title":
            return self._facts(self._line(record, ref), title=record.get("title"))
        reader = _READERS.get(kind)
        if reader is None and kind not in _WITHOUT_EVENTS:
            raise UnknownRecord(kind)
        return self._entry(record, reader, self._line(record, ref))

    def _header(self, header: Record, ref: SourceRef) -> Iterator[Event]:
        if not self._above:
            self._session = self._session._replace(id=str(header["id"])[:_MAX_LENGTH])
        line = self._line(header, ref)
        self._provider, self._model = text(header.get("provider")), text(header.get("modelId"))
        if self._above:
            yield AgentUpdate(**line.fields, parent=MAIN, started=line.at)
            return
        parent = text(header.get("parentSession"))
        yield from self._facts(
            line,
            cwd=header.get("cwd"),
            title=header.get("title"),
            forked_from=session_in_name(Path(parent).stem) or parent,
            path=path_text(self._path),
        )

    def _entry(self, entry: Record, reader: _Reader | None, line: EventLine) -> Iterator[Event]:
        """Yield the events of an entry, and before it that the context is another one after a step back."""
        name, parent = text(entry.get("id"))[:_MAX_LENGTH], text(entry.get("parentId"))
        if name and self._last_id and parent != self._last_id[:_MAX_LENGTH]:
            yield ContextUpdate(**line.fields, tokens=None)
        self._last_id = name or self._last_id
        if reader:
            yield from reader(self, entry, line)

    def _message(self, entry: Record, line: EventLine) -> Iterator[Event]:
        message = entry["message"]
        if message.get("role") == "assistant":
            self._provider, self._model = text(message.get("provider")), text(message.get("model"))
        yield from self._messages.read(message, line, self._tiers)

    def _compaction(self, entry: Record, line: EventLine) -> Iterator[Event]:
        yield CompactionUpdate(**line.fields, before=number(entry.get("tokensBefore")))
        if left := text(entry.get("summary")):
            yield CompactionSummary(**line.fields, text=left)
        yield from self._summary(entry, line, "compact")

    def _branch_summary(self, entry: Record, line: EventLine) -> Iterator[Event]:
        yield from self._summary(entry, line, "branch summary")

    def _summary(self, entry: Record, line: EventLine, operation: str) -> Iterator[Event]:
        """Yield the request for a summary. Older versions do not record its tokens."""
        yield ContextUpdate(**line.fields, tokens=None)
        if counts := table(entry.get("usage")):
            yield from usage_of(counts, PiSpending(self._provider, self._model, 0, operation), line)
        elif not (entry.get("fromHook") or entry.get("fromExtension")):
            yield SessionTotalUpdate(session=line.session, at=line.at, is_partial=True)

    def _usage(self, entry: Record, line: EventLine) -> Iterator[Event]:
        provider, model = text(entry.get("provider")), text(entry.get("model"))
        spending = PiSpending(provider, model, 0, text(entry.get("kind")) or "other")
        yield from usage_of(table(entry.get("usage")), spending, line)

    def _title(self, entry: Record, line: EventLine) -> Iterator[Event]:
        yield from self._facts(line, title=entry.get("name") or entry.get("title"))

    def _mode(self, entry: Record, line: EventLine) -> Iterator[Event]:
        yield from self._facts(line, mode=entry.get("mode"))

    def _tier(self, entry: Record, line: EventLine) -> Iterator[Event]:
        tiers = table(entry.get("serviceTier"))
        self._tiers = {name: tier for name in ("openai", "anthropic", "google") if (tier := text(tiers.get(name)))}
        yield from ()

    def _reset(self, entry: Record, line: EventLine) -> Iterator[Event]:
        yield ContextUpdate(**line.fields, tokens=None)

    def _custom(self, entry: Record, line: EventLine) -> Iterator[Event]:
        data = table(entry.get("data"))
        match entry.get("customType"):
            case "tool_execution_start":
                yield CallProgress(**line.fields, call=str(data["toolCallId"]), doing="running")
            case "session_exit":
                yield TurnUpdate(**line.fields, turn=Turn.SESSION_ENDED, reason=text(data.get("reason")))

    def _facts(self, line: EventLine, **facts: object) -> Iterator[Event]:
        values = {name: value[:_MAX_LENGTH] for name, fact in facts.items() if (value := text(fact))}
        if values and not self._above:
            yield SessionUpdate(session=line.session, at=line.at, **values)

    def _line(self, record: Record, ref: SourceRef) -> EventLine:
        self._last_at = iso_to_epoch_ms(record.get("timestamp")) or self._last_at
        return EventLine(self._session, self._agent, self._last_at, ref)


_Reader = Callable[[PiParser, Record, EventLine], Iterator[Event]]
_READERS: Mapping[str, _Reader] = {
    "message": PiParser._message,
    "compaction": PiParser._compaction,
    "branch_summary": PiParser._branch_summary,
    "usage": PiParser._usage,
    "session_info": PiParser._title,
    "title_change": PiParser._title,
    "mode_change": PiParser._mode,
    "service_tier_change": PiParser._tier,
    "reset_boundary": PiParser._reset,
    "custom": PiParser._custom,
}
