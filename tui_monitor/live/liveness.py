"""The liveness of an open call: running, waiting for a person, stale or abandoned."""

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
    """The states of an open call."""

    AWAITING_USER = auto()
    """Only a person can answer it."""
    RUNNING = auto()
    """It showed a sign of life a moment ago."""
    ISSUED = auto()
    """It was issued a moment ago."""
    STALE = auto()
    """It runs, or waits for a person or a hook: its source does not say."""
    ABANDONED = auto()
    """The agent went on without its result."""


def liveness(call: Call, now: int, last_event_at: int = 0, waiting: bool = False) -> Liveness:
    """Classify an open call that is not abandoned at ``now`` (epoch ms).

    ``last_event_at`` is the last event of the agent that it started, ``waiting`` is true while a hook says it waits.
    """
    if waiting or call.kind in _ASKING:
        return Liveness.AWAITING_USER
    grace = (4 if call.kind is ToolKind.SHELL else 15) * SECOND
    if now - max(call.progress_at, last_event_at) <= grace and not _in_hook(call):
        return Liveness.RUNNING
    patience = 5 * SECOND if call.kind in _QUICK else MINUTE
    return Liveness.ISSUED if now - call.started <= patience else Liveness.STALE


def abandoned_before(state: SessionState) -> int:
    """Return the time before which open calls of the main chain are abandoned: that of the last turn end or prompt."""
    chain = state.main_chain
    return max(0 if chain.turn is Turn.STARTED else chain.turn_at, chain.last_prompt_at)


def is_abandoned(call: Call, abandoned_before: int, ended: frozenset[str]) -> bool:
    """Return True if an open call was abandoned; ``ended`` are the sub-agents that have ended."""
    if call.closed:
        return True
    if call.state is CallState.BACKGROUND:
        return False
    return call.started < abandoned_before if call.agent == MAIN else call.agent in ended


def waiting(state: SessionState) -> WaitUpdate | None:
    """Return the report that a person is awaited, unless a result came since, or the call that waited runs."""
    wait = state.main_chain.wait
    if wait is None or not wait.waiting or wait.at < state.main_chain.last_result_at:
        return None
    call = state.log.get(wait.call)
    is_over = call is not None and (call.state.ended or (call.progress_at > wait.at and not _in_hook(call)))
    return None if is_over else wait


def waiting_call(state: SessionState) -> str:
    """Return the id of the call that waits for a person as a hook reports it; empty if none does."""
    wait = waiting(state)
    return wait.call if wait else ""


def _in_hook(call: Call) -> bool:
    """Return True if its last sign of life is that of a hook that runs before it."""
    return call.doing.startswith("hook")
