"""The order in which evidence is weighed: the first judge that knows the state decides."""

from __future__ import annotations

from tui_monitor.events import Activity
from tui_monitor.live.liveness import SECOND
from tui_monitor.live.session import SessionState
from tui_monitor.live.status.ending import ended, failed_request, nothing_asked, silent, turn_over
from tui_monitor.live.status.model import CURRENT, Lag, Status, StatusWord
from tui_monitor.live.status.open_calls import activity
from tui_monitor.live.status.stuck import stuck
from tui_monitor.live.status.waiting import held, waits
from tui_monitor.live.status.working import agents_think, agents_work, background, compacts, thinks, works

_JUDGES = (
    ended,
    waits,
    stuck,
    failed_request,
    held,
    compacts,
    works,
    background,
    agents_work,
    thinks,
    agents_think,
    turn_over,
    nothing_asked,
    silent,
)


def status(state: SessionState, now: int, lag: Lag = CURRENT) -> Status:
    """Return the state of a session at ``now`` (epoch ms): the most urgent of what its main chain and agents do.

    It is not judged by events that are behind; only a process that waits for a person says so itself.
    """
    if lag.ms and activity(state) is not Activity.WAITING:
        return _behind(now, lag)
    for judge in _JUDGES:
        result = judge(state, now)
        if result:
            return result
    return Status(StatusWord.UNKNOWN, state.last_at, "nothing received yet from the main chain", certain=False)


def _behind(now: int, lag: Lag) -> Status:
    since, age = now - lag.ms, f"{lag.ms // SECOND} s"
    if lag.initial:
        return Status(StatusWord.READING, since, f"what was there at the start is being read, for {age} so far")
    return Status(StatusWord.BEHIND, since, f"what was written in the last {age} is not all read and counted yet")
