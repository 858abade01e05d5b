"""What is known of an open call: whether it runs, waits for a person, or nobody can tell."""

from __future__ import annotations

from enum import Enum, auto

from tui_monitor.events import MAIN, CallState, ToolKind, Turn, WaitUpdate
from tui_monitor.live.entries import Call
from tui_monitor.live.session import SessionState

SECOND = 1000
MINUTE = 60 * SECOND

_QUICK = (ToolKind.READ, ToolKind.SEARCH, ToolKind.EDIT, ToolKind.WRITE)
_ASKING = (ToolKind.ASK, ToolKind.PLAN)


class Liveness(Enum):
    """What is known of an open call."""

    AWAITING_USER = auto()
    """Only a person can answer it."""
    RUNNING = auto()
    """It showed a sign of life a moment ago."""
    ISSUED = auto()
    """It was asked for a moment ago."""
    STALE = auto()
    """It runs, or waits for a person or a hook: nobody tells."""
    ABANDONED = auto()
    """The agent went on without its result."""


def liveness(call: Call, now: int, last_event_at: int = 0, waiting: bool = False) -> Liveness:
    """The pulse at ``now`` of a call that nobody went on without.

    ``last_event_at`` is the last event of the agent that it started, ``waiting`` is true while a hook says it waits.
    """
    if waiting or call.kind in _ASKING:
        return Liveness.AWAITING_USER
    shown_for = (4 if call.kind is ToolKind.SHELL else 15) * SECOND
    if now - max(call.progress_at, last_event_at) <= shown_for and not _in_hook(call):
        return Liveness.RUNNING
    patience = 5 * SECOND if call.kind in _QUICK else MINUTE
    return Liveness.ISSUED if now - call.started <= patience else Liveness.STALE


def abandoned_before(state: SessionState) -> int:
    """The time before which open calls of the main chain were left behind: a turn ended since, or a person spoke."""
    chain = state.main_chain
    return max(0 if chain.turn is Turn.STARTED else chain.turn_at, chain.last_prompt_at)


def is_abandoned(call: Call, abandoned_before: int, ended: frozenset[str]) -> bool:
    """Whether an open call was left behind; ``ended`` are the sub-agents that are no more."""
    if call.closed:
        return True
    if call.state is CallState.BACKGROUND:
        return False
    return call.started < abandoned_before if call.agent == MAIN else call.agent in ended


def waiting(state: SessionState) -> WaitUpdate | None:
    """That a hook told of waiting for a person, unless an answer came since, or the call that waited runs."""
    wait = state.main_chain.wait
    if wait is None or not wait.waiting or wait.at < state.main_chain.last_result_at:
        return None
    call = state.log.get(wait.call)
    runs = call is not None and call.progress_at > wait.at and not _in_hook(call)
    return None if runs else wait


def waiting_call(state: SessionState) -> str:
    """The call of which a hook told that it waits for a person; empty when none does."""
    wait = waiting(state)
    return wait.call if wait else ""


def _in_hook(call: Call) -> bool:
    """Whether its last sign of life is that of a hook that runs before it."""
    return call.doing.startswith("hook")
