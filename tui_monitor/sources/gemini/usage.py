"""Token counts: ``input`` includes what was cached, ``output`` excludes the thoughts, ``tool`` is input of its own."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.events import Tokens
from tui_monitor.sources.base import Record
from tui_monitor.sources.fields import count
from tui_monitor.sources.gemini.line import SOURCE, Line

_IN_CHATS = ("input", "output", "cached", "thoughts", "tool")
_IN_TELEMETRY = (
    "input_token_count",
    "output_token_count",
    "cached_content_token_count",
    "thoughts_token_count",
    "tool_token_count",
)


class Counts(NamedTuple):
    """Tokens of one response as Gemini counts them."""

    input: int = 0
    output: int = 0
    cached: int = 0
    thoughts: int = 0
    tool: int = 0

    @property
    def tokens(self) -> Tokens:
        """The same as exclusive counts."""
        cached = min(self.cached, self.input)
        return Tokens(
            input=self.input - cached + self.tool,
            output=self.output + self.thoughts,
            cache_read=cached,
            reasoning=self.thoughts,
        )

    def name(self, line: Line) -> str:
        """A weak name of the response: in one session hardly two have all the same counts."""
        return f"{SOURCE}:{line.session.id}+{','.join(map(str, self))}"


def in_chat(told: Record) -> Counts:
    """The counts of a message."""
    return Counts(*(count(told.get(name)) for name in _IN_CHATS))


def in_telemetry(told: Record) -> Counts:
    """The counts of a response in the telemetry."""
    return Counts(*(count(told.get(name)) for name in _IN_TELEMETRY))
