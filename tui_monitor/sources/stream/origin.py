"""Where a line of the stream belongs: to which session, agent and time, and under which name."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from tui_monitor.events import MAIN, SessionKey, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import as_json, put_bounded, text

SOURCE = "stream"
MOST = 512
"""How many agents, calls and lines are remembered."""


@dataclass(frozen=True, slots=True)
class Place:
    """Session, agent and time (epoch ms) of a line, where it stands, and the name that it has or is given."""

    session: SessionKey
    agent: str
    at: int
    ref: SourceRef
    name: str


@dataclass(slots=True)
class Places:
    """Finds the places of lines. A session's own agent is its main one; an agent whose line names a parent belongs to
    the parent's session; what names neither session nor agent belongs to the session named after the file."""

    file: str
    roots: dict[str, str] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)
    lines: dict[str, bool] = field(default_factory=dict)

    def state(self) -> dict[str, Any]:
        """Everything needed to go on."""
        return {"roots": self.roots, "calls": self.calls, "lines": self.lines}

    def find(self, record: Record, at: int, ref: SourceRef) -> Place:
        """The place of a line that tells this time, 0 for none."""
        agent = text(record.get("agent_id"))
        session = text(record.get("session_id")) or self.roots.get(agent) or agent or self.file
        key = SessionKey(SOURCE, session)
        return Place(key, MAIN if agent == session else agent, at, ref, self._name(record, key, at, ref))

    def adopt(self, agent: str, parent: str, session: str) -> None:
        """An agent has a parent: without a session of its own it belongs to that of the parent."""
        if agent and not session and parent:
            put_bounded(self.roots, agent, self.roots.get(parent, parent), MOST)

    def call(self, record: Record, place: Place) -> str:
        """The id of a call within its session. Numbers begin anew with each process that writes bare objects, so there
        the time belongs to it."""
        told = record.get("id")
        if told is None:
            return place.name
        call = str(told)
        if isinstance(told, int) and "uid" not in record:
            call = f"{told}@{record.get('started_at')}"
            put_bounded(self.calls, f"{place.session.id} {told}", call, MOST)
        return call

    def parent(self, record: Record, place: Place) -> str:
        """The call that made this one; empty for none."""
        told = record.get("parent_id")
        return "" if told is None else self.calls.get(f"{place.session.id} {told}", str(told))

    def _name(self, record: Record, session: SessionKey, at: int, ref: SourceRef) -> str:
        """The line's own ``uid``, else one made of its content, so that a copy of the file has it, too. Lines that
        are the same, or tell no time, are told apart by their places in the file."""
        if uid := text(record.get("uid")):
            return f"uid:{uid}"
        digest = blake2b(f"{session.id} {as_json(record)}".encode(), digest_size=10).hexdigest()
        repeated = digest in self.lines
        put_bounded(self.lines, digest, True, MOST)
        return f"line:{digest}@{ref.offset}" if repeated or not at else f"line:{digest}"
