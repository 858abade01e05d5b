"""What there is to be found: calls, prompts and messages, with a note of those that are not indexed yet.

Indexing takes as long as all the rest of storing: it is done later, see `search_index`.
"""

from __future__ import annotations

from typing import TypeAlias

from tui_monitor.events import AgentMessage, CallFinished, CallStarted, Prompt
from tui_monitor.store.call_table import CallTable
from tui_monitor.store.event_log import EventLog
from tui_monitor.store.projection import Effects, Projection, ProjectionContext
from tui_monitor.store.sql import SqlRow, insert_rows

SearchedEvent: TypeAlias = CallStarted | CallFinished | Prompt | AgentMessage
"""An event with texts that are searched."""

_SAVE = """
    INSERT INTO search_entries (id, session, at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET is_indexed = 0
"""


class SearchEntries(Projection[SearchedEvent]):
    """The table of these events. A copy of a stored event gets an entry, which has no text and is dropped then."""

    reads = (CallStarted, CallFinished, Prompt, AgentMessage)
    after = (CallTable, EventLog)

    def __init__(self, context: ProjectionContext) -> None:
        super().__init__(context)
        self._calls = context.get(CallTable)
        self._texts: list[SqlRow] = []
        self._of_calls: dict[tuple[int, str], int] = {}

    def apply(self, event: SearchedEvent, order: int) -> None:
        """Note what has new texts."""
        session = self._interned.sessions.id_of(event.session)
        if isinstance(event, Prompt | AgentMessage):
            self._texts.append((entry_of_event(order), session, event.at))
        else:
            self._of_calls.setdefault((session, event.call), event.at)

    def flush(self, earlier: Effects) -> Effects:
        """Write the entries."""
        calls = [(entry_of_call(self._calls.id_of(*key)), key[0], at) for key, at in self._of_calls.items()]
        insert_rows(self._connection, _SAVE, sorted([*self._texts, *calls]))
        self._texts.clear()
        self._of_calls.clear()
        return Effects()


def entry_of_call(call: int) -> int:
    """Return the number of the entry of a call."""
    return 2 * call


def entry_of_event(event: int) -> int:
    """Return the number of the entry of an event in the log."""
    return 2 * event + 1


def ids_of(entries: list[int]) -> tuple[list[int], list[int]]:
    """Return the ids of the calls and those of the events that these entries stand for."""
    return [entry // 2 for entry in entries if entry % 2 == 0], [entry // 2 for entry in entries if entry % 2]
