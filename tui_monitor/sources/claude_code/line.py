"""A record of Claude Code with its session, agent and time."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from tui_monitor.events import MAIN, SessionKey, SourceRef
from tui_monitor.events.immutable import immutable
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.event_line import EventFields
from tui_monitor.sources.shared.fields import table

SOURCE = "claude-code"
SYNTHETIC = "<synthetic>"
"""The model of answers that the program wrote itself, without a request."""

LONG_WINDOW = "[1m]"
"""The mark, in a model's name, of a window of a million tokens."""


@immutable(frozen=True, slots=True)
class ClaudeLine:
    """A record at ``ref`` with its session, agent and time (epoch milliseconds).

    ``uuid`` is the line's own id, which copies of a history keep; empty if it has none.
    """

    record: Record
    ref: SourceRef
    session: SessionKey
    agent: str
    at: int
    uuid: str

    @property
    def fields(self) -> EventFields:
        """The common fields of its events."""
        return {"session": self.session, "agent": self.agent, "at": self.at}

    @property
    def is_main(self) -> bool:
        """True for lines of the session's main chain."""
        return self.agent == MAIN

    @property
    def message(self) -> Record:
        """The API message in the line, or an empty object."""
        return table(self.record.get("message"))

    def fields_of(self, agent: str) -> EventFields:
        """Return the common fields for an event of another agent."""
        return {"session": self.session, "agent": agent, "at": self.at}

    def with_agent(self, agent: str) -> Self:
        """Return the line as one of another agent."""
        return replace(self, agent=agent)

    def with_record_fields(self, **fields: object) -> Self:
        """Return the line with these fields added to its record."""
        return replace(self, record=self.record | fields)


def transcript_model(model: str) -> str:
    """Return a model's name as transcripts have it: without the suffix for a long window."""
    return model.removesuffix(LONG_WINDOW)
