"""Owners of events: a session of the database is a person's own, or that of a sub-agent, which is an agent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypedDict

from tui_monitor.events import MAIN, AgentUpdate, Event, SessionKey, SessionTotalUpdate, SessionUpdate
from tui_monitor.sources.opencode.database import SessionRow
from tui_monitor.sources.shared.model_windows import NO_WINDOWS, ModelWindows

SOURCE = "opencode"

_DEFAULT_TITLE = re.compile(r"(?:New|Child) session - \d{4}-")
_FORK = re.compile(r"\(fork #\d+\)\Z")
_SUBAGENT = re.compile(r"(?P<title>.*?)\s*\(@(?P<type>\S+) subagent\)\Z", re.DOTALL)


class OwnerFields(TypedDict):
    """The fields that all events of a session of the database have, to be passed on as keywords."""

    session: SessionKey
    agent: str


@dataclass(frozen=True, slots=True)
class EventOwner:
    """Session and agent that the events of one session of the database belong to, and the windows of its models."""

    session: SessionKey
    agent: str = MAIN
    windows: ModelWindows = NO_WINDOWS

    @property
    def fields(self) -> OwnerFields:
        """The common fields of its events."""
        return OwnerFields(session=self.session, agent=self.agent)

    def of(self, agent: str) -> EventOwner:
        """Return the owner for a sub-agent inside the session; this one for its own agent (the empty name)."""
        return replace(self, agent=f"{self.agent}/{agent}" if self.agent else agent) if agent else self


def owner_of(source: str, session: str, root: str, windows: ModelWindows = NO_WINDOWS) -> EventOwner:
    """Return the owner for a session of the agent ``source``; ``root`` is the session that a person started."""
    return EventOwner(SessionKey(source, root), MAIN if session == root else session, windows)


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
            forked_from=row.fork_of,
        )
        if not row.fork_of and not _FORK.search(row.title):
            # The request for its title is in no table.
            yield SessionTotalUpdate(session=owner.session, at=row.updated, is_partial=True)
        return
    match = _SUBAGENT.match(row.title)
    yield AgentUpdate(
        **owner.fields,
        at=row.created,
        parent=MAIN if row.parent == owner.session.id else row.parent,
        type=row.agent or (match["type"] if match else ""),
        description=match["title"] if match else row.title,
        started=row.created,
    )
