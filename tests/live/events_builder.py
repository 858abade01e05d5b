"""Events of one invented session, short to write."""

from typing import Any

from tui_monitor.events import CallFinished, CallStarted, CallState, Event, SessionKey, ToolKind
from tui_monitor.live.apply import NOTHING, Part, apply
from tui_monitor.live.session import SessionState

SESSION = SessionKey("claude-code", "s-1")
T0 = 1_700_000_000_000


def started(call: str, at: int, kind: ToolKind = ToolKind.SHELL, **fields: Any) -> CallStarted:
    """The call ``call`` was issued ``at`` milliseconds after T0."""
    return CallStarted(session=SESSION, at=T0 + at, call=call, uid=call, tool=kind.value, kind=kind, **fields)


def finished(call: str, at: int, state: CallState = CallState.OK, **fields: Any) -> CallFinished:
    """The call ``call`` ended ``at`` milliseconds after T0."""
    return CallFinished(session=SESSION, at=T0 + at, call=call, state=state, **fields)


def state_after(*events: Event) -> SessionState:
    """The state of a session to which all this happened."""
    state = SessionState(SESSION)
    apply_all(state, *events)
    return state


def apply_all(state: SessionState, *events: Event) -> Part:
    """All that changed."""
    changed = NOTHING
    for event in events:
        changed |= apply(event, state)
    return changed
