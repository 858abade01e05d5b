"""The order in which evidence is weighed: the first judge that knows the state decides."""

from __future__ import annotations

from tui_monitor.live.session import SessionState
from tui_monitor.live.status.ending import ended, failed_request, nothing_asked, silent, turn_over
from tui_monitor.live.status.model import Status, StatusWord
from tui_monitor.live.status.stuck import stuck
from tui_monitor.live.status.waiting import held, waits
from tui_monitor.live.status.working import background, compacts, thinks, works

_JUDGES = (
    ended,
    waits,
    stuck,
    failed_request,
    held,
    compacts,
    works,
    background,
    thinks,
    turn_over,
    nothing_asked,
    silent,
)


def status(state: SessionState, now: int) -> Status:
    """Return the state of a session at ``now`` (epoch ms): the most urgent of what its main chain and agents do."""
    for judge in _JUDGES:
        result = judge(state, now)
        if result:
            return result
    return Status(StatusWord.UNKNOWN, state.last_at, "nothing received yet from the main chain", certain=False)
