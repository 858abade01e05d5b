"""Context of the events of one record of a wire log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from tui_monitor.events import MAIN, SessionKey, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import tables, text

SOURCE = "kimi-code"
_MAX_ID = 200


class KimiFields(TypedDict):
    """The fields that all events of one record have, to be passed on as keywords."""

    session: SessionKey
    agent: str
    at: int


@dataclass(frozen=True, slots=True)
class KimiLine:
    """Session, agent, time (epoch ms) and place in the file of one record."""

    session: SessionKey
    agent: str = MAIN
    at: int = 0
    ref: SourceRef | None = None

    @property
    def fields(self) -> KimiFields:
        """The common fields of its events."""
        return KimiFields(session=self.session, agent=self.agent, at=self.at)


def id_of(value: object) -> str:
    """Return an id as text of bounded length; empty without one."""
    return text(value)[:_MAX_ID]


def content_text(content: object) -> str:
    """Return the text of a message: a string, or the text parts of a list."""
    if isinstance(content, str):
        return content
    return "\n".join(filter(None, (text(part.get("text")) for part in tables(content))))


def thought(part: Record) -> str:
    """Return the reasoning in a part of a response; empty for other parts."""
    return text(part.get("think")).strip() if part.get("type") == "think" else ""
