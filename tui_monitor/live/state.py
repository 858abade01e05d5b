"""The state of all sessions that are being followed, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tui_monitor.events import Event, SessionKey
from tui_monitor.live.apply import EVERYTHING, NOTHING, Part, apply
from tui_monitor.live.log import MAX_CALLS, BodyCache, CallLog
from tui_monitor.live.session import SessionState
from tui_monitor.totals import SessionTotals

FULL_SESSIONS = 8
"""So many sessions keep all their rows; of the others the last few remain, and the store has the rest."""
FEW_ROWS = 40


@dataclass(slots=True)
class Changes:
    """What changed since the views last looked."""

    parts: dict[SessionKey, Part] = field(default_factory=dict)

    def add(self, session: SessionKey, part: Part) -> None:
        """Note that ``part`` of ``session`` changed."""
        self.parts[session] = self.parts.get(session, NOTHING) | part

    def of(self, session: SessionKey | None) -> Part:
        """What changed of ``session``."""
        return self.parts.get(session, NOTHING) if session else NOTHING


class LiveState:
    """Sessions by key, the one heard of last at the end. Written by one thread only."""

    def __init__(self, max_calls: int = MAX_CALLS) -> None:
        self.sessions: dict[SessionKey, SessionState] = {}
        self._max_calls = max_calls
        self._bodies = BodyCache()

    def apply(self, events: Iterable[Event], changes: Changes) -> None:
        """Take events in, and note in ``changes`` what they changed."""
        for event in events:
            changes.add(event.session, apply(event, self._session(event.session)))

    def restore(self, session: SessionKey, events: Iterable[Event], changes: Changes) -> None:
        """Take in what the store remembers of a session; what is already known stays."""
        self._session(session).evicted = False
        self.apply(events, changes)
        changes.add(session, EVERYTHING)

    def set_totals(self, totals: SessionTotals, changes: Changes) -> None:
        """Take over the store's sums."""
        state = self._session(totals.session)
        state.totals, state.totals_loaded = totals, True
        changes.add(totals.session, Part.TOTALS | Part.AGENTS)

    def newest(self) -> SessionState | None:
        """The session that was heard of last."""
        return max(self.sessions.values(), key=lambda state: state.last_at, default=None)

    def _session(self, key: SessionKey) -> SessionState:
        if key not in self.sessions:
            self._make_room()
            self.sessions[key] = SessionState(key, log=CallLog(self._max_calls, self._bodies))
        return self.sessions[key]

    def _make_room(self) -> None:
        oldest_first = sorted(self.sessions.values(), key=lambda state: state.last_at)
        for state in oldest_first[: max(0, len(oldest_first) - FULL_SESSIONS + 1)]:
            if len(state.log) > FEW_ROWS:
                state.log.shrink(FEW_ROWS)
                state.evicted = True
