"""What the lines of a transcript say about their session; only news is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tui_monitor.events import SessionKey, SessionUpdate, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import SOURCE, Line, Where
from tui_monitor.sources.claude_code.written import written_at
from tui_monitor.sources.shared.fields import iso_to_epoch_ms, put_bounded, table, text

_FIELDS = (
    ("cwd", "cwd"),
    ("gitBranch", "branch"),
    ("version", "version"),
    ("entrypoint", "client"),
    ("permissionMode", "mode"),
)
_TITLES = {"ai-title": "aiTitle", "custom-title": "customTitle"}
_RANKS = ("", "summary", "ai-title", "custom-title")
"""Who gave the title: a later one is not replaced by an earlier one."""
_MAX_SESSIONS = 8
_MAX_UUIDS = 16
_MAX_SUMMARIES = 16


@dataclass(slots=True)
class Facts:
    """The session and time in force, for lines that name none, and what was told of each session in the file.
    ``said_at`` is the last time that a line said itself.

    A summary is about the conversation that ends at its leaf, often one of another file: it is kept until that leaf
    turns up here.
    """

    session: str = ""
    at: int = 0
    said_at: int = 0
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    titled_by: dict[str, str] = field(default_factory=dict)
    uuids: dict[str, None] = field(default_factory=dict)
    summaries: dict[str, str] = field(default_factory=dict)

    def place(self, record: Record, ref: SourceRef, agent: str) -> Line:
        """The line of a record that belongs to ``agent``."""
        self.session = text(record.get("sessionId")) or self.session
        self.at = iso_to_epoch_ms(record.get("timestamp")) or self.at
        where = Where(session=SessionKey(SOURCE, self.session), agent=agent, at=self.at)
        return Line(record, ref, where, text(record.get("uuid")))

    def receive(self, record: Record, ref: SourceRef, agent: str) -> Line:
        """The line of what the program hands to others: to hooks, to a statusline, to whoever reads what it prints."""
        self.session = text(record.get("session_id")) or self.session
        said = iso_to_epoch_ms(record.get("timestamp"))
        self.at = said or written_at(ref, self.said_at) or self.at
        self.said_at = said or self.said_at
        where = Where(session=SessionKey(SOURCE, self.session), agent=agent, at=self.at)
        return Line(record, ref, where, text(record.get("uuid")))

    @property
    def version(self) -> str:
        """The version of the program that writes the session; empty while it is unknown."""
        return self.told.get(self.session, {}).get("version", "")

    def envelope(self, line: Line) -> Iterator[SessionUpdate]:
        """What the fields around the message tell."""
        record, told = line.record, self.told.get(self.session, {})
        news = {name: fact for key, name in _FIELDS if (fact := record.get(key)) and fact != told.get(name)}
        if news or "path" not in told:
            yield from self.tell(line, path=line.ref.path, **news)
        if fork := table(record.get("forkedFrom")):
            yield from self.tell(line, forked_from=fork.get("sessionId"))
        if line.uuid:
            put_bounded(self.uuids, line.uuid, None, _MAX_UUIDS)
            yield from self._titled(line, "summary", self.summaries.pop(line.uuid, ""))

    def title(self, line: Line) -> Iterator[SessionUpdate]:
        """The title that the model or the person gave."""
        kind = text(line.record.get("type"))
        yield from self._titled(line, kind, text(line.record.get(_TITLES[kind])))

    def summary(self, line: Line) -> Iterator[SessionUpdate]:
        """What a conversation was about, told before or after its last line."""
        leaf, summary = text(line.record.get("leafUuid")), text(line.record.get("summary"))
        if leaf in self.uuids:
            yield from self._titled(line, "summary", summary)
        else:
            put_bounded(self.summaries, leaf, summary, _MAX_SUMMARIES)

    def relocated(self, line: Line) -> Iterator[SessionUpdate]:
        """The session has moved to another folder."""
        yield from self.tell(line, cwd=line.record.get("relocatedCwd"))

    def tell(self, line: Line, **facts: object) -> Iterator[SessionUpdate]:
        """Those of ``facts`` that are not known yet."""
        told = self.told.get(self.session, {})
        news: Record = {name: fact for name, fact in facts.items() if fact != told.get(name) and text(fact)}
        if news:
            put_bounded(self.told, self.session, told | news, _MAX_SESSIONS)
            yield replace(SessionUpdate(**line.where), **news)

    def _titled(self, line: Line, by: str, title: str) -> Iterator[SessionUpdate]:
        if title and _RANKS.index(by) >= _RANKS.index(self.titled_by.get(self.session, "")):
            put_bounded(self.titled_by, self.session, by, _MAX_SESSIONS)
            yield from self.tell(line, title=title)
