"""The origin of a line: its session, agent and time, and its id."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from tui_monitor.events import MAIN, SessionKey, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import as_json, put_bounded, text

SOURCE = "stream"
MAX_ENTRIES = 512
"""Agents, calls and lines to keep in the state, of each kind."""


@dataclass(frozen=True, slots=True)
class LineOrigin:
    """Session, agent and time (epoch ms) of a line, its place in the file, and its own or a derived id."""

    session: SessionKey
    agent: str
    at: int
    ref: SourceRef
    uid: str


@dataclass(slots=True)
class OriginResolver:
    """Resolves the origins of lines. A session's own agent is its main one; an agent with a parent belongs to the
    parent's session; a line without session and agent belongs to the session named after the file."""

    file: str
    roots: dict[str, str] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)
    lines: dict[str, bool] = field(default_factory=dict)

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {"roots": self.roots, "calls": self.calls, "lines": self.lines}

    def resolve(self, record: Record, at: int, ref: SourceRef) -> LineOrigin:
        """Return the origin of a line with this time (0: none)."""
        agent = text(record.get("agent_id"))
        session = text(record.get("session_id")) or self.roots.get(agent) or agent or self.file
        key = SessionKey(SOURCE, session)
        return LineOrigin(key, MAIN if agent == session else agent, at, ref, self._uid(record, key, at, ref))

    def set_parent(self, agent: str, parent: str, session: str) -> None:
        """Assign an agent to its parent's session, unless it has a session of its own."""
        if agent and not session and parent:
            put_bounded(self.roots, agent, self.roots.get(parent, parent), MAX_ENTRIES)

    def call_id(self, record: Record, origin: LineOrigin) -> str:
        """Return the id of a call, unique within its session. Numeric ids of bare objects restart with each process, so
        the start time is part of the id."""
        record_id = record.get("id")
        if record_id is None:
            return origin.uid
        call = str(record_id)
        if isinstance(record_id, int) and "uid" not in record:
            call = f"{record_id}@{record.get('started_at')}"
            put_bounded(self.calls, f"{origin.session.id} {record_id}", call, MAX_ENTRIES)
        return call

    def parent_call(self, record: Record, origin: LineOrigin) -> str:
        """Return the call that made this one; empty for none."""
        parent_id = record.get("parent_id")
        return "" if parent_id is None else self.calls.get(f"{origin.session.id} {parent_id}", str(parent_id))

    def _uid(self, record: Record, session: SessionKey, at: int, ref: SourceRef) -> str:
        """Return the line's ``uid``, else a digest of its content, so that a copy of the file has the same. Repeated
        lines, and those without a time, also have their offset."""
        if uid := text(record.get("uid")):
            return f"uid:{uid}"
        digest = blake2b(f"{session.id} {as_json(record)}".encode(), digest_size=10).hexdigest()
        is_repeated = digest in self.lines
        put_bounded(self.lines, digest, True, MAX_ENTRIES)
        return f"line:{digest}@{ref.offset}" if is_repeated or not at else f"line:{digest}"
