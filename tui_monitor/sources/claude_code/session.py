"""The session and time of lines, and facts about sessions; only new facts are emitted."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tui_monitor.events import SessionKey, SessionUpdate, SourceRef, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import SOURCE, ClaudeLine
from tui_monitor.sources.claude_code.permissions import CallPatience, patience
from tui_monitor.sources.shared.fields import iso_to_epoch_ms, plausible_time, put_bounded, table, text

_FIELDS = (
    ("cwd", "cwd"),
    ("gitBranch", "branch"),
    ("version", "version"),
    ("entrypoint", "client"),
    ("permissionMode", "mode"),
)
_TITLES = {"ai-title": "aiTitle", "custom-title": "customTitle"}
_TITLE_ORIGINS = ("", "summary", "ai-title", "custom-title")
"""In ascending order of precedence."""
_MAX_SESSIONS = 8
_MAX_UUIDS = 16
_MAX_SUMMARIES = 16
_ABOUT_TURNS = ("progress", "system")
_LINE_END = 2
_LONGEST_PAUSE_MS = 60 * 60 * 1000


@dataclass(slots=True)
class SessionTracker:
    """The current session and time, for lines that have none, and the facts emitted of each session.

    ``stated_at`` is the last time that a line stated itself; ``is_dated`` is true if the time of the last payload is
    known. ``uuids`` are the last lines of the main chain with their sessions. A summary is about the conversation that
    ends at its leaf line, often in another file: it is kept until that line is read.
    """

    session: str = ""
    at: int = 0
    stated_at: int = 0
    is_dated: bool = False
    facts: dict[str, dict[str, str]] = field(default_factory=dict)
    title_origins: dict[str, str] = field(default_factory=dict)
    uuids: dict[str, str] = field(default_factory=dict)
    summaries: dict[str, str] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The version of the program that writes the session; empty while it is unknown."""
        return self.facts.get(self.session, {}).get("version", "")

    def patience(self, kind: ToolKind, timeout_ms: int | None) -> CallPatience:
        """Return the patience with an open call of this kind and timeout in the current session."""
        facts = self.facts.get(self.session, {})
        return patience(kind, facts.get("mode", ""), facts.get("version", ""), timeout_ms)

    def transcript_line(self, record: Record, ref: SourceRef, agent: str) -> ClaudeLine:
        """Return the line of a transcript's record that belongs to ``agent``."""
        session = record.get("sessionId")
        if record.get("type") in _ABOUT_TURNS:  # once a plan was accepted, some versions write another session here
            session = self.uuids.get(text(record.get("parentUuid"))) or session
        self.session = text(session) or self.session
        self.at = iso_to_epoch_ms(record.get("timestamp")) or self.at
        return ClaudeLine(record, ref, _key_of(self.session), agent, self.at, text(record.get("uuid")))

    def payload_line(self, record: Record, ref: SourceRef, agent: str) -> ClaudeLine:
        """Return the line of a payload for hooks, a statusline, or readers of the printed output: few have a time."""
        self.session = text(record.get("session_id")) or self.session
        stated_at = iso_to_epoch_ms(record.get("timestamp"))
        dated_at = stated_at or written_at(ref, self.stated_at)
        self.at, self.is_dated = dated_at or self.at, bool(dated_at)
        self.stated_at = stated_at or self.stated_at
        return ClaudeLine(record, ref, _key_of(self.session), agent, self.at, text(record.get("uuid")))

    def update(self, line: ClaudeLine, **facts: object) -> Iterator[SessionUpdate]:
        """Yield those of ``facts`` that are new."""
        earlier = self.facts.get(self.session, {})
        new: Record = {name: fact for name, fact in facts.items() if fact != earlier.get(name) and text(fact)}
        if new:
            put_bounded(self.facts, self.session, earlier | new, _MAX_SESSIONS)
            yield replace(SessionUpdate(**line.fields), **new)

    def update_from_envelope(self, line: ClaudeLine) -> list[SessionUpdate]:
        """Return new facts from the fields around the message of a transcript line."""
        record, earlier = line.record, self.facts.get(self.session, {})
        updates: list[SessionUpdate] = []
        new = {name: fact for key, name in _FIELDS if (fact := record.get(key)) and fact != earlier.get(name)}
        if new or "path" not in earlier:
            updates += self.update(line, path=line.ref.path, **new)
        if "forkedFrom" in record and (fork := table(record["forkedFrom"])):
            updates += self.update(line, forked_from=fork.get("sessionId"))
        if line.uuid:
            put_bounded(self.uuids, line.uuid, line.session.id, _MAX_UUIDS)
            if self.summaries and (summary := self.summaries.pop(line.uuid, "")):
                updates += self._update_title(line, "summary", summary)
        return updates

    def title(self, line: ClaudeLine) -> Iterator[SessionUpdate]:
        """Apply a title of the model or the person."""
        kind = text(line.record.get("type"))
        yield from self._update_title(line, kind, text(line.record.get(_TITLES[kind])))

    def summary(self, line: ClaudeLine) -> Iterator[SessionUpdate]:
        """Apply the summary of a conversation, which is written before or after its last line."""
        leaf, summary = text(line.record.get("leafUuid")), text(line.record.get("summary"))
        if leaf in self.uuids:
            yield from self._update_title(line, "summary", summary)
        else:
            put_bounded(self.summaries, leaf, summary, _MAX_SUMMARIES)

    def relocated(self, line: ClaudeLine) -> Iterator[SessionUpdate]:
        """Apply a change of the session's directory."""
        yield from self.update(line, cwd=line.record.get("relocatedCwd"))

    def worktree(self, line: ClaudeLine) -> Iterator[SessionUpdate]:
        """Report the folder in which a session began that works in a worktree: no line before this one names it."""
        folder = text(table(line.record.get("worktreeSession")).get("originalCwd"))
        if folder and "cwd" not in self.facts.get(self.session, {}):
            yield replace(SessionUpdate(**line.fields), at=0, cwd=folder)

    def _update_title(self, line: ClaudeLine, origin: str, title: str) -> Iterator[SessionUpdate]:
        present = self.title_origins.get(self.session, "")
        if title and _TITLE_ORIGINS.index(origin) >= _TITLE_ORIGINS.index(present):
            put_bounded(self.title_origins, self.session, origin, _MAX_SESSIONS)
            yield from self.update(line, title=title)


@lru_cache(maxsize=64)
def _key_of(session: str) -> SessionKey:
    """Return the key of a session: the same object for all its lines is compared and looked up faster."""
    return SessionKey(SOURCE, session)


def written_at(ref: SourceRef, stated_at: int) -> int:
    """Return the time (epoch milliseconds) at which a line without a time was written; 0 if that is unknown.

    The last line of a file was written at the file's last change. Without a file the line comes through a pipe, and was
    written just now. ``stated_at`` is the last time that an earlier line stated (0: none); a change long after it does
    not count, since copies of a file have a later time.
    """
    changed_at = plausible_time(_changed_at(ref))
    return 0 if stated_at and changed_at > stated_at + _LONGEST_PAUSE_MS else changed_at


def _changed_at(ref: SourceRef) -> int:
    try:
        status = os.stat(ref.path)  # noqa: PTH116  (called for every line)
    except OSError:
        return time.time_ns() // 1_000_000
    is_last = ref.offset + ref.length + _LINE_END >= status.st_size
    return status.st_mtime_ns // 1_000_000 if is_last else 0
