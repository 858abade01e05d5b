"""A chat of Gemini CLI. Since version 0.40 it is a file of JSON lines: a header, messages, ``{"$set": …}`` and
``{"$rewindTo": …}``. Before, it was one document, rewritten on every change: the header with all messages in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import orjson

from tui_monitor.events import (
    MAIN,
    AgentUpdate,
    CompactionUpdate,
    ContextUpdate,
    Event,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    SourceRef,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.gemini import messages
from tui_monitor.sources.gemini.files import project_folder, session_above
from tui_monitor.sources.gemini.lines import SOURCE, GeminiLine, MessageDeduplicator, text_of
from tui_monitor.sources.shared.fields import iso_to_epoch_ms, path_text, table, tables, text

_WORKSPACE = re.compile(r"Workspace Directories:\**\s+- (.+)")
_MAX_LENGTH = 4096


class ChatParser:
    """Turns the records of one chat into events. ``state`` is the saved state."""

    def __init__(self, path: Path, state: str) -> None:
        saved = orjson.loads(state) if state else {}
        self._path = path
        self._id: str = saved.get("id", "")
        self._is_agent: bool = saved.get("is_agent", False)
        self._cwd: str = saved.get("cwd", "")
        self._title: str = saved.get("title", "")
        self._last_id: str = saved.get("last_id", "")
        self._last_at: int = saved.get("last_at", 0)
        self._emitted = MessageDeduplicator(saved.get("emitted", {}))

    def state(self) -> str:
        """Return the state as JSON text."""
        parts = {
            "id": self._id,
            "is_agent": self._is_agent,
            "cwd": self._cwd,
            "title": self._title,
            "last_id": self._last_id,
            "last_at": self._last_at,
            "emitted": self._emitted.state(),
        }
        return orjson.dumps(parts).decode()

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        """Return the events of one record (see `base.Parser`)."""
        if "$rewindTo" in record:
            return (self._context_reset(self._line({}, ref)),)
        if "$set" in record:
            return self._apply_changes(table(record["$set"]), ref)
        if "sessionId" in record:
            return self._read_header(record, ref)
        if "id" in record and "type" in record:
            return self._read_message(record, ref)
        raise UnknownRecord(", ".join(sorted(record))[:_MAX_LENGTH])

    def _read_header(self, header: Record, ref: SourceRef) -> Iterator[Event]:
        is_first = not self._id
        if is_first:
            self._id = str(header["sessionId"])
            self._is_agent = header.get("kind") == "subagent" and bool(session_above(self._path))
            self._cwd = project_folder(self._path)
        line = self._line({"timestamp": header.get("startTime")}, ref)
        if is_first and self._is_agent:
            yield AgentUpdate(session=line.session, agent=line.agent, at=line.at, parent=MAIN, started=line.at)
        yield from self._apply_facts(header, line, is_first=is_first)
        if is_first and not self._is_agent:
            # Requests for routing, titles, searches and summaries are in no chat.
            yield SessionTotalUpdate(session=line.session, at=line.at, is_partial=True)
        yield from self._read_messages(list(tables(header.get("messages"))), ref)

    def _apply_changes(self, facts: Record, ref: SourceRef) -> Iterator[Event]:
        """Yield the changes of the header. A list of messages replaces all earlier ones; new ones among them were made
        up for the model."""
        line = self._line({"timestamp": facts.get("lastUpdated")}, ref)
        yield from self._apply_facts(facts, line)
        records = list(tables(facts.get("messages")))
        yield from self._compactions(records, line)
        yield from self._read_messages(records, ref, messages.is_response)

    def _apply_facts(self, facts: Record, line: GeminiLine, is_first: bool = False) -> Iterator[Event]:
        """Yield facts about the session when they are new."""
        before = (self._cwd, self._title)
        folders = facts.get("directories")
        folder = text(folders[0]) if isinstance(folders, list) and folders else ""
        self._cwd = self._cwd or (folder or _workspace(facts))[:_MAX_LENGTH]
        self._title = text(facts.get("summary"))[:_MAX_LENGTH] or self._title
        if (is_first or (self._cwd, self._title) != before) and not self._is_agent:
            yield SessionUpdate(
                session=line.session, at=line.at, cwd=self._cwd, title=self._title, path=path_text(self._path)
            )

    def _read_messages(
        self, records: list[Record], ref: SourceRef, predicate: Callable[[Record], bool] = bool
    ) -> Iterator[Event]:
        """Yield the messages after the last one read, and additions to the last few before it.

        Raises:
            Exception: the first error, after all messages have been read.
        """
        names = [text(message.get("id")) for message in records]
        first_new = names.index(self._last_id) + 1 if self._last_id in names else 0
        error: Exception | None = None
        for index, message in enumerate(records):
            if predicate(message) and (index >= first_new or self._emitted.has_message(names[index])):
                try:
                    yield from self._read_message(message, ref)
                except Exception as caught:  # whatever it may hold
                    error = error or caught
        if error:
            raise error

    def _read_message(self, message: Record, ref: SourceRef) -> Iterator[Event]:
        line = self._line(message, ref)
        self._last_id, self._last_at = str(message["id"])[:_MAX_LENGTH], line.at
        yield from messages.read_message(message, self._emitted, line)

    def _compactions(self, records: list[Record], line: GeminiLine) -> Iterator[Event]:
        """Yield a compaction: the history was replaced by a summary among its first messages."""
        for message in records[:3]:
            summary = text_of(message.get("content")).lstrip().startswith(messages.SNAPSHOT)
            if summary and self._emitted.is_new(str(message.get("id")), "summary"):
                yield CompactionUpdate(session=line.session, agent=line.agent, at=line.at)
                yield self._context_reset(line)

    def _context_reset(self, line: GeminiLine) -> ContextUpdate:
        """Mark the size of the context as unknown until the next response."""
        return ContextUpdate(session=line.session, agent=line.agent, at=line.at, tokens=None)

    def _line(self, record: Record, ref: SourceRef) -> GeminiLine:
        at = iso_to_epoch_ms(record.get("timestamp")) or self._last_at
        own_id = self._id or self._path.stem
        if self._is_agent:
            return GeminiLine(SessionKey(SOURCE, session_above(self._path)), own_id, at, ref)
        return GeminiLine(SessionKey(SOURCE, own_id), MAIN, at, ref)


def _workspace(facts: Record) -> str:
    """Return the project folder that the first message contains."""
    for message in tables(facts.get("messages")):
        if match := _WORKSPACE.search(text_of(message.get("content"))):
            return match[1].strip()
    return ""
