"""Context of the events of one entry of a session file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from tui_monitor.events import MAIN, SessionKey, SourceRef


class PiFields(TypedDict):
    """The fields that all events of one entry have, to be passed on as keywords."""

    session: SessionKey
    agent: str
    at: int


@dataclass(frozen=True, slots=True)
class PiLine:
    """Session, agent, time (epoch ms) and place in the file of one entry."""

    session: SessionKey
    agent: str = MAIN
    at: int = 0
    ref: SourceRef | None = None

    @property
    def fields(self) -> PiFields:
        """The common fields of its events."""
        return PiFields(session=self.session, agent=self.agent, at=self.at)
