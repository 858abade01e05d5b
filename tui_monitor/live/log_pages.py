"""Pages of a session's log as the store has it, made of the same entries as the log of the live state."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events import (
    AgentMessage,
    CompactionUpdate,
    HookFailure,
    Prompt,
    RetryUpdate,
    SessionKey,
    TurnUpdate,
)
from tui_monitor.live.entries import Call, Entry
from tui_monitor.live.restore import restore
from tui_monitor.live.session import SessionState
from tui_monitor.merge.history import HistoryPage, LogPlace, SessionHistory

MARKING = (Prompt, AgentMessage, TurnUpdate, CompactionUpdate, RetryUpdate, HookFailure)
"""The events of which marks are made, see `apply`."""


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """An entry with its place in the log of the store."""

    place: LogPlace
    entry: Entry


def entries_of(session: SessionKey, page: HistoryPage) -> list[PlacedEntry]:
    """Return the entries of a page, in their order; calls without an end are closed, as those that were abandoned."""
    state = SessionState(session)
    restore(SessionHistory(session, calls=page.calls, events=page.events), state)
    for call in state.log.open:
        call.closed = True
    return [PlacedEntry(LogPlace(*place), entry) for place, entry in state.log.placed()]


def is_same(one: Entry, other: Entry) -> bool:
    """Return True if two entries are the same call or mark, perhaps at different times."""
    return one.id == other.id if isinstance(one, Call) and isinstance(other, Call) else one == other
