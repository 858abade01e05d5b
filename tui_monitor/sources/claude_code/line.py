"""One line of a Claude Code transcript, and where it belongs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self, TypedDict

from tui_monitor.events import MAIN, SessionKey, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import table

SOURCE = "claude-code"
SYNTHETIC = "<synthetic>"
"""The model of answers that the program wrote itself: no model was asked."""


class Where(TypedDict):
    """What every event of a line has; passed on as keywords."""

    session: SessionKey
    agent: str
    at: int


@dataclass(frozen=True, slots=True)
class Line:
    """A record, its place in the file, and the session, agent and time that it belongs to. ``uuid`` is the line's own
    name, which copies of a history keep; empty where it has none."""

    record: Record
    ref: SourceRef
    where: Where
    uuid: str

    @property
    def main(self) -> bool:
        """Whether it belongs to the session's main chain."""
        return self.where["agent"] == MAIN

    def of_agent(self, agent: str) -> Where:
        """The same session and time, for an event of another agent."""
        return Where(session=self.where["session"], agent=agent, at=self.where["at"])

    def by(self, agent: str) -> Self:
        """The same line as one of another agent."""
        return replace(self, where=self.of_agent(agent))

    def having(self, **fields: object) -> Self:
        """The same line with these fields in its record."""
        return replace(self, record=self.record | fields)

    @property
    def message(self) -> Record:
        """The API message it carries, else an empty object."""
        return table(self.record.get("message"))


def in_transcripts(model: str) -> str:
    """The name by which transcripts call a model: without the mark that its window is a long one."""
    return model.removesuffix("[1m]")
