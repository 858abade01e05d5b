"""Responses as they are streamed: a delta tells the final counts, which no other printed line does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_monitor.events import Usage
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.usage import sighting
from tui_monitor.sources.shared.fields import put_bounded, table, text

_MAX_OPEN = 64


@dataclass(slots=True)
class Deltas:
    """The response that streams, for each call whose agent it is of (empty: the main chain's)."""

    begun: dict[str, Record] = field(default_factory=dict)

    def read(self, line: Line) -> Iterator[Usage]:
        """An event of the stream; all but the first and the last say nothing of counts."""
        event, call = table(line.record.get("event")), text(line.record.get("parent_tool_use_id"))
        if event.get("type") == "message_start":
            message = table(event.get("message"))
            begun = {"id": message.get("id"), "model": message.get("model"), "usage": table(message.get("usage"))}
            put_bounded(self.begun, call, begun, _MAX_OPEN)
        elif event.get("type") == "message_delta" and call in self.begun:
            told = {name: value for name, value in table(event.get("usage")).items() if value is not None}
            message = self.begun[call] | {"stop_reason": table(event.get("delta")).get("stop_reason")}
            yield sighting(line, message, message["usage"] | told)
