"""Which sessions are live, and which of them a person should look at first."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from tui_monitor.live.liveness import MINUTE
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Status, StatusWord, status

ACTIVE_MS = 10 * MINUTE
"""Time after its last event for which a session without a known process counts as live."""
QUIET_MS = 30 * MINUTE
"""Silence after which a session whose state is unknown no longer counts as one at work, unless its process lives."""

_AT_WORK = (StatusWord.RETRYING, StatusWord.COMPACTING, StatusWord.WORKING, StatusWord.THINKING)
_NEEDING = (StatusWord.WAITS, StatusWord.STUCK, StatusWord.FAILED, StatusWord.RATE_LIMITED, StatusWord.HELD)
_OVER = (StatusWord.DONE, StatusWord.INTERRUPTED, StatusWord.IDLE)
_RANKS = {word: rank for rank, word in enumerate(StatusWord)}


class Urgency(IntEnum):
    """What a session needs, the most urgent first."""

    NEEDS_YOU = 0
    WORKING = 1
    DONE = 2  # since a person looked at it last
    IDLE = 3
    ENDED = 4


class RankedSession(NamedTuple):
    """A session with its state and its urgency at one moment."""

    state: SessionState
    status: Status
    urgency: Urgency


def is_live(state: SessionState, now: int) -> bool:
    """Return True if a process runs the session, or none is known and it was active a short time before ``now``."""
    return state.process is not None or now - state.last_at <= ACTIVE_MS


def urgency(state: SessionState, current: Status, now: int, since: int = 0) -> Urgency:
    """Return the urgency of a session in its ``current`` state at ``now``.

    A turn that ended before the person last looked at the session, or long ago and before ``since``, is no news. All
    times are epoch milliseconds.
    """
    word = current.word
    if word in _NEEDING:
        return Urgency.NEEDS_YOU
    if word is StatusWord.WORKING and not (current.certain or state.process or now - state.last_at <= QUIET_MS):
        return Urgency.ENDED
    if word in _AT_WORK or (word is StatusWord.UNKNOWN and (state.process or now - current.since <= QUIET_MS)):
        return Urgency.WORKING
    if word not in _OVER:
        return Urgency.ENDED
    seen_at = max(state.looked_at, since) if word is StatusWord.IDLE else state.looked_at
    if state.main_chain.last_at and current.since > seen_at:
        return Urgency.DONE
    return Urgency.IDLE


def by_urgency(sessions: Iterable[SessionState], now: int, since: int = 0) -> list[RankedSession]:
    """Return sessions in the order of their urgency at ``now``; see `urgency`.

    Those that need a person are in the order of their state, then the one that waits longest; those at work in the
    order in which they began, so that none moves while it works; others have the newest first.
    """
    ranked = [_ranked(state, now, since) for state in sessions]
    return sorted(ranked, key=_order)


def _ranked(state: SessionState, now: int, since: int) -> RankedSession:
    current = status(state, now)
    return RankedSession(state, current, urgency(state, current, now, since))


def _order(ranked: RankedSession) -> tuple[int, int, int, str, str]:
    state, current, level = ranked
    first, second = 0, -current.since
    if level is Urgency.NEEDS_YOU:
        first, second = _RANKS[current.word], current.since
    elif level is Urgency.WORKING:
        second = -state.started
    return (level, first, second, *state.key)
