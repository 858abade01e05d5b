"""The time that the calls of a session waited for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui_monitor.live.session import SessionState
from tui_monitor.merge.calls import PERSONAL_KINDS


class WaitingTime(NamedTuple):
    """How long a session waited; at least that where older calls are not here."""

    ms: int
    lower_bound: bool


def waiting_time(state: SessionState, now: int) -> WaitingTime:
    """Return the time waited until ``now``; what waited at the same time counts once."""
    total = until = 0
    for start, end in sorted(_waits(state, now)):
        total += max(0, end - max(start, until))
        until = max(until, end)
    calls = sum(1 for _ in state.log.calls())
    return WaitingTime(total, calls < state.totals.calls)


def _waits(state: SessionState, now: int) -> Iterator[tuple[int, int]]:
    for call in state.log.calls():
        if waited := call.waiting_ms:
            yield call.started, call.started + waited
        elif not call.ended and not call.closed and call.kind in PERSONAL_KINDS:
            yield call.started, max(call.started, now)
