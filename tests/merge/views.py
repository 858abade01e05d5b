"""All that can be seen of a session in live state, as plain values that can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from tui_monitor.events import SessionKey
from tui_monitor.live.agent import Agent
from tui_monitor.live.context import compaction_threshold, forecast
from tui_monitor.live.context_xray import context_xray
from tui_monitor.live.entries import Call, Entry
from tui_monitor.live.liveness import abandoned_before, call_evidence, is_abandoned, liveness
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import LiveState
from tui_monitor.live.status import status
from tui_monitor.merge.agents import MergedAgent
from tui_monitor.merge.session_facts import SessionFacts

_INTERNAL = {"order", "place", "version", "trimmed"}
_LATER_MS = (0, 2_000, 20_000, 120_000, 3_600_000)


def view_of(live: LiveState, *, in_order: bool = True) -> dict[SessionKey, dict[str, Any]]:
    """Return the view of each session; unless ``in_order`` without what depends on the order of reading: the order of
    entries of one instant, and the run of an agent that began anew."""
    return {key: session_view(state, in_order) for key, state in live.sessions.items()}


def session_view(state: SessionState, in_order: bool = True) -> dict[str, Any]:
    """Return all that can be seen of one session."""
    chain, entries, calls = state.main_chain, state.log.entries, state.log.open
    if not in_order:
        entries = sorted(entries, key=lambda entry: (entry.at, _name_of(entry)))
        calls = sorted(calls, key=lambda call: (call.started, call.id))
    return {
        **_values(state, SessionFacts),
        "last message": (state.last_message, state.last_message_at),
        "prompt": state.prompt,
        "plan": state.plan,
        "limits": state.rate_limits,
        "main chain": {field.name: getattr(chain, field.name) for field in fields(chain)},
        "agents": {agent.id: _agent_view(agent, in_order) for agent in state.agents.values()},
        "children": {agent.id for agent in state.children()},
        "entries": [(entry.at, _name_of(entry)) for entry in entries],
        "open": [call.id for call in calls],
        "calls": {call.id: _call_view(call, state) for call in state.log.calls()},
        "xray": _xray_view(state, in_order),
        "messages": set(state.messages.between(0, 2**62)),
        "states": [_status_view(state, state.last_at + later, in_order) for later in _LATER_MS],
    }


def _values(value: Any, kind: type[Any], leave_out: Iterable[str] = ()) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(kind) if field.name not in leave_out}


def _name_of(entry: Entry) -> str:
    return entry.id if isinstance(entry, Call) else repr(entry)


def _agent_view(agent: Agent, in_order: bool) -> dict[str, Any]:
    context = agent.context
    view = _values(agent, MergedAgent, ["run_started", "has_restarted"]) | {
        "status": agent.status,
        "ended": agent.ended,
        "model": agent.model,
        "context": (context.tokens, context.at, context.start, context.limit, context.limit_source),
        "limits": set(context.limits),
        "parts": context.parts,
        "compaction": (context.compacting_since, context.compaction_rule, compaction_threshold(context)),
        "compactions": context.compactions,
        "summaries": context.summaries,
        "growths": context.growths(),
        "forecast": forecast(context, compaction_threshold(context)),
    }
    return view | {"started": agent.started} if in_order else view


def _call_view(call: Call, state: SessionState) -> dict[str, Any]:
    ended = frozenset(agent.id for agent in state.agents.values() if agent.ended)
    return _values(call, Call, _INTERNAL) | {
        "ended": call.ended,
        "duration": (call.measured_ms, call.duration_ms),
        "suspicious": call.suspicious,
        "abandoned": is_abandoned(call, abandoned_before(state), ended),
        "liveness": [liveness(call, state.last_at + later, 0, call_evidence(state)) for later in _LATER_MS],
    }


def _xray_view(state: SessionState, in_order: bool) -> object:
    xray = context_xray(state)
    if xray is None:
        return None
    largest = [(result.call.id, result.tokens) for result in xray.largest] if in_order else []
    return xray.occupancy, xray.start, set(xray.groups), largest


def _status_view(state: SessionState, now: int, in_order: bool) -> object:
    judged = status(state, now)
    view = (judged.word, judged.since, judged.certain)
    return (*view, judged.evidence, judged.call.id if judged.call else "", judged.subject) if in_order else view
