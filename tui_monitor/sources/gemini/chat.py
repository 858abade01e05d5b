"""A chat of Gemini CLI. Since version 0.40 it is a file of JSON lines: a header, messages, ``{"$set": …}`` and
``{"$rewindTo": …}``. Before that it was one document, rewritten each time: the header with all messages in it.
"""

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
    SessionUpdate,
    SourceRef,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.gemini import messages
from tui_monitor.sources.gemini.files import project_folder, session_above
from tui_monitor.sources.gemini.lines import SOURCE, Line, Once, text_of
from tui_monitor.sources.shared.fields import iso_to_epoch_ms, path_text, table, tables, text

_WORKSPACE = re.compile(r"Workspace Directories:\**\s+- (.+)")
_LONGEST = 4096


class ChatParser:
    """Turns the records of one chat into events. ``state`` is what an earlier one left."""

    def __init__(self, path: Path, state: str) -> None:
        told = orjson.loads(state) if state else {}
        self._path = path
        self._id: str = told.get("id", "")
        self._is_agent: bool = told.get("is_agent", False)
        self._cwd: str = told.get("cwd", "")
        self._title: str = told.get("title", "")
        self._last: str = told.get("last", "")
        self._last_at: int = told.get("last_at", 0)
        self._once = Once(told.get("once", {}))

    def state(self) -> str:
        """Everything needed to go on."""
        parts = {
            "id": self._id,
            "is_agent": self._is_agent,
            "cwd": self._cwd,
            "title": self._title,
            "last": self._last,
            "last_at": self._last_at,
            "once": self._once.state(),
        }
        return orjson.dumps(parts).decode()

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        """The events of one record (see `base.Parser`)."""
        if "$rewindTo" in record:
            return (self._forgotten(self._line({}, ref)),)
        if "$set" in record:
            return self._set(table(record["$set"]), ref)
        if "sessionId" in record:
            return self._introduce(record, ref)
        if "id" in record and "type" in record:
            return self._message(record, ref)
        raise UnknownRecord(", ".join(sorted(record))[:_LONGEST])

    def _introduce(self, header: Record, ref: SourceRef) -> Iterator[Event]:
        first = not self._id
        if first:
            self._id = str(header["sessionId"])
            self._is_agent = header.get("kind") == "subagent" and bool(session_above(self._path))
            self._cwd = project_folder(self._path)
        line = self._line({"timestamp": header.get("startTime")}, ref)
        if first and self._is_agent:
            yield AgentUpdate(session=line.session, agent=line.agent, at=line.at, parent=MAIN, started=line.at)
        yield from self._learn(header, line, anew=first)
        yield from self._messages(list(tables(header.get("messages"))), ref)

    def _set(self, facts: Record, ref: SourceRef) -> Iterator[Event]:
        """A change of the header. A list of messages takes the place of all so far: what is new there was made up for
        the model."""
        line = self._line({"timestamp": facts.get("lastUpdated")}, ref)
        yield from self._learn(facts, line)
        listed = list(tables(facts.get("messages")))
        yield from self._compacted(listed, line)
        yield from self._messages(listed, ref, messages.is_response)

    def _learn(self, facts: Record, line: Line, anew: bool = False) -> Iterator[Event]:
        """Facts of the session, when they are new."""
        before = (self._cwd, self._title)
        folders = facts.get("directories")
        folder = text(folders[0]) if isinstance(folders, list) and folders else ""
        self._cwd = self._cwd or (folder or _workspace(facts))[:_LONGEST]
        self._title = text(facts.get("summary"))[:_LONGEST] or self._title
        if (anew or (self._cwd, self._title) != before) and not self._is_agent:
            yield SessionUpdate(
                session=line.session, at=line.at, cwd=self._cwd, title=self._title, path=path_text(self._path)
            )

    def _messages(
        self, listed: list[Record], ref: SourceRef, is_wanted: Callable[[Record], bool] = bool
    ) -> Iterator[Event]:
        """Those of a list that follow the last one told, and what is new in the last few before it.

        What is wrong with one of them is raised when all have been told.
        """
        names = [text(message.get("id")) for message in listed]
        told = names.index(self._last) + 1 if self._last in names else 0
        wrong: Exception | None = None
        for place, message in enumerate(listed):
            if is_wanted(message) and (place >= told or self._once.knows(names[place])):
                try:
                    yield from self._message(message, ref)
                except Exception as error:  # whatever it may hold
                    wrong = wrong or error
        if wrong:
            raise wrong

    def _message(self, message: Record, ref: SourceRef) -> Iterator[Event]:
        line = self._line(message, ref)
        self._last, self._last_at = str(message["id"])[:_LONGEST], line.at
        yield from messages.tell(message, self._once, line)

    def _compacted(self, listed: list[Record], line: Line) -> Iterator[Event]:
        """The history was replaced by a summary, which stands among its first messages."""
        for message in listed[:3]:
            summary = text_of(message.get("content")).lstrip().startswith(messages.SNAPSHOT)
            if summary and self._once.is_news(str(message.get("id")), "summary"):
                yield CompactionUpdate(session=line.session, agent=line.agent, at=line.at)
                yield self._forgotten(line)

    def _forgotten(self, line: Line) -> ContextUpdate:
        """How full the context is will be known with the next response."""
        return ContextUpdate(session=line.session, agent=line.agent, at=line.at, tokens=None)

    def _line(self, record: Record, ref: SourceRef) -> Line:
        at = iso_to_epoch_ms(record.get("timestamp")) or self._last_at
        own = self._id or self._path.stem
        if self._is_agent:
            return Line(SessionKey(SOURCE, session_above(self._path)), own, at, ref)
        return Line(SessionKey(SOURCE, own), MAIN, at, ref)


def _workspace(facts: Record) -> str:
    """The folder of the project, as the first message tells the model."""
    for message in tables(facts.get("messages")):
        if found := _WORKSPACE.search(text_of(message.get("content"))):
            return found[1].strip()
    return ""
