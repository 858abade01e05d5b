"""Owners of events: a session of the database is a person's own, or that of a sub-agent, which is an agent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tui_monitor.events import MAIN, AgentUpdate, Event, SessionKey, SessionUpdate
from tui_monitor.sources.opencode.database import SessionRow

SOURCE = "opencode"

_DEFAULT_TITLE = re.compile(r"(?:New|Child) session - \d{4}-")
_SUBAGENT = re.compile(r"(?P<title>.*?)\s*\(@(?P<type>\S+) subagent\)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class EventOwner:
    """Session and agent that the events of one session of the database belong to."""

    session: SessionKey
    agent: str = MAIN


def owner_of(session: str, root: str) -> EventOwner:
    """Return the owner for a session; ``root`` is the session that a person started."""
    return EventOwner(SessionKey(SOURCE, root), MAIN if session == root else session)


def session_updates(row: SessionRow, owner: EventOwner, path: str) -> Iterator[Event]:
    """Yield what the session table says about the session or sub-agent."""
    if owner.agent == MAIN:
        title = "" if _DEFAULT_TITLE.match(row.title) else row.title
        yield SessionUpdate(
            session=owner.session,
            at=row.updated,
            cwd=row.directory,
            title=title,
            version=row.version,
            mode=row.agent,
            path=path,
        )
        return
    match = _SUBAGENT.match(row.title)
    yield AgentUpdate(
        session=owner.session,
        agent=owner.agent,
        at=row.created,
        parent=MAIN if row.parent == owner.session.id else row.parent,
        type=row.agent or (match["type"] if match else ""),
        description=match["title"] if match else row.title,
        started=row.created,
    )
