"""Whose events these are: a session of the database is a person's own, or that of a sub-agent, and then an agent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tui_monitor.events import MAIN, AgentUpdate, Event, SessionKey, SessionUpdate
from tui_monitor.sources.opencode.database import Session

SOURCE = "opencode"

_UNNAMED = re.compile(r"(?:New|Child) session - \d{4}-")
_SUBAGENT = re.compile(r"(?P<title>.*?)\s*\(@(?P<type>\S+) subagent\)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the events of one session of the database belong."""

    session: SessionKey
    agent: str = MAIN


def chain(session: str, root: str) -> Chain:
    """The chain of a session, of which ``root`` is the one that a person began."""
    return Chain(SessionKey(SOURCE, root), MAIN if session == root else session)


def facts(told: Session, of: Chain, path: str) -> Iterator[Event]:
    """What the database says of the session as a whole."""
    if of.agent == MAIN:
        title = "" if _UNNAMED.match(told.title) else told.title
        yield SessionUpdate(
            session=of.session,
            at=told.updated,
            cwd=told.directory,
            title=title,
            version=told.version,
            mode=told.agent,
            path=path,
        )
        return
    named = _SUBAGENT.match(told.title)
    yield AgentUpdate(
        session=of.session,
        agent=of.agent,
        at=told.created,
        parent=MAIN if told.parent == of.session.id else told.parent,
        type=told.agent or (named["type"] if named else ""),
        description=named["title"] if named else told.title,
        started=told.created,
    )
