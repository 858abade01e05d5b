"""Waiting: for a person, a hook, or another call."""

from __future__ import annotations

from tui_monitor.events import Activity, ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.live.liveness import MINUTE, SECOND, Liveness, holder, is_in_hook, waiting
from tui_monitor.live.session import SessionState
from tui_monitor.live.status.model import Status, StatusWord
from tui_monitor.live.status.open_calls import activity, liveness_of, main_calls, open_calls

_ASKING = (ToolKind.ASK, ToolKind.PLAN)
_LONG = (ToolKind.WEB, ToolKind.MCP)
_HELD_MS = 30 * MINUTE
"""Silence after which a call no longer counts as held, if no process is known: its agent is gone."""
_ASKED = "its call needs your approval: this agent's files don't say when you give it"


def waits(state: SessionState, now: int) -> Status | None:
    """Return the state if a person is awaited. A process that states what it does says so itself."""
    match activity(state):
        case Activity.WAITING:
            return _waits_by_process(state)
        case None:
            return _waits_by_hook(state) or _waits_by_call(state, now)
        case _:
            return None


def held(state: SessionState, now: int) -> Status | None:
    """Return the state if the oldest open call of the main chain is held: those after it wait for it."""
    call = next(iter(main_calls(state)), None)
    if call is None or liveness_of(call, state, now) is not Liveness.HELD:
        return None
    if state.process is None and now - state.last_at > _HELD_MS:
        return None
    reason = f"in {holder(call)}" if is_in_hook(call) else "no sign that it runs: queued, or in a hook"
    return Status(StatusWord.HELD, call.started, reason, call, call.subject, certain=False)


def _waits_by_process(state: SessionState) -> Status:
    process = state.process
    assert process is not None
    call = _asked_for(state)
    reason = process.waits_for or "your answer"
    return Status(StatusWord.WAITS, process.since, f"its process says that it waits: {reason}", call, reason)


def _asked_for(state: SessionState) -> Call | None:
    """Return the open call that a person is asked about: a question, else the oldest one."""
    calls = open_calls(state)
    return next((call for call in calls if call.kind in _ASKING), calls[0] if calls else None)


def _waits_by_hook(state: SessionState) -> Status | None:
    wait = waiting(state)
    if wait is None:
        return None
    evidence = "the agent says so itself" if wait.certain else _ASKED
    call = None if wait.lasts and wait.reason else state.log.get(wait.call)  # the agent's own question says more
    return Status(StatusWord.WAITS, wait.at, evidence, call, wait.reason, certain=wait.certain)


def _waits_by_call(state: SessionState, now: int) -> Status | None:
    """Judge by the calls themselves."""
    for call in open_calls(state):
        if call.kind in _ASKING:
            request = "question" if call.kind is ToolKind.ASK else "plan"
            return Status(StatusWord.WAITS, call.started, f"open {request}: only you can answer it", call, call.subject)
        if liveness_of(call, state, now) is Liveness.AWAITING_USER:
            return Status(StatusWord.WAITS, call.started, _likely(call, state), call, call.subject, certain=False)
    return None


def _likely(call: Call, state: SessionState) -> str:
    """Return why a call likely waits for a person's approval."""
    if call.kind in _LONG:
        sign = f"{call.tool} is over sooner as a rule"
    elif call.kind is not ToolKind.SHELL:
        sign = f"{call.tool} takes no time"
    elif (call.approval_after_ms or 0) < MINUTE:
        sign = "it shows no sign that it runs"
    elif usual_ms := state.log.longest_time(call):
        sign = f"it took {max(1, round(usual_ms / SECOND))} s before"
    else:
        sign = "its timeout is over"
    return f"{sign}, and it has no result: it likely waits for your approval"
