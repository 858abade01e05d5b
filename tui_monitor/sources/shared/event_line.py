"""Context of the events of one line, row or record."""

from __future__ import annotations

from typing import TypedDict

from tui_monitor.events import MAIN, SessionKey, SourceRef
from tui_monitor.events.immutable import immutable


class EventFields(TypedDict):
    """The fields that all events of a line have, to be passed on as keywords."""

    session: SessionKey
    agent: str
    at: int


@immutable(frozen=True, slots=True)
class EventLine:
    """Session, agent, time (epoch ms) and place in the file of one line."""

    session: SessionKey
    agent: str = MAIN
    at: int = 0
    ref: SourceRef | None = None

    @property
    def fields(self) -> EventFields:
        """The common fields of its events."""
        return EventFields(session=self.session, agent=self.agent, at=self.at)
