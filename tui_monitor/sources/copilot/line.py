"""Context of the events of one line or row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from tui_monitor.events import MAIN, SessionKey, SourceRef

SOURCE = "copilot"
PROVIDER = "github-copilot"


class CopilotFields(TypedDict):
    """The fields that all events of one line have, to be passed on as keywords."""

    session: SessionKey
    agent: str
    at: int


@dataclass(frozen=True, slots=True)
class CopilotLine:
    """Session, agent, time (epoch ms) and place in the file of one line."""

    session: SessionKey
    agent: str = MAIN
    at: int = 0
    ref: SourceRef | None = None

    @property
    def fields(self) -> CopilotFields:
        """The common fields of its events."""
        return CopilotFields(session=self.session, agent=self.agent, at=self.at)
