"""How long the turn of a prompt took: one rule for every view."""

from __future__ import annotations

from tui_monitor.live.session import SessionState
from tui_monitor.live.status import Status, StatusWord, status

AT_WORK = frozenset(
    (
        StatusWord.WORKING,
        StatusWord.THINKING,
        StatusWord.COMPACTING,
        StatusWord.HELD,
        StatusWord.WAITS,
        StatusWord.STUCK,
        StatusWord.RETRYING,
    )
)
"""The states in which the last turn goes on; it does, too, while nothing shows whether its call runs or waits."""


def turn_time(state: SessionState, began: int, now: int, current: Status | None = None) -> int:
    """Return how long the turn of the prompt at ``began`` took, or has taken so far: to the last call or words before
    the next prompt. 0 if the log does not have the prompt. ``current`` is the state at ``now``, if that is known."""
    ends = state.log.turn_ends
    if began not in ends:
        return 0
    is_last = began == state.main_chain.last_prompt_at
    return max(0, (now if is_last and _goes_on(current or status(state, now)) else ends[began]) - began)


def _goes_on(current: Status) -> bool:
    return current.word in AT_WORK or current.undecided
