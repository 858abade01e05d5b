"""Which sessions are live, and which of them needs a person first."""

from __future__ import annotations

from collections.abc import Iterable

from tui_monitor.live.liveness import MINUTE
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import StatusWord, status

ACTIVE_MS = 10 * MINUTE
"""Time after its last event for which a session without a known process counts as live."""

_URGENCY = {word: rank for rank, word in enumerate(StatusWord)}


def is_live(state: SessionState, now: int) -> bool:
    """Return True if a process runs the session, or none is known and it was active a short time before ``now``."""
    return state.process is not None or now - state.last_at <= ACTIVE_MS


def by_urgency(states: Iterable[SessionState], now: int) -> list[SessionState]:
    """Return the sessions in the order in which they need a person at ``now`` (epoch ms), then those waiting longest,
    then by their names."""

    def rank(state: SessionState) -> tuple[int, int, str, str]:
        current = status(state, now)
        return _URGENCY[current.word], current.since, state.key.source, state.key.id

    return sorted(states, key=rank)
