"""``watch --json``: the live state of sessions. The shape of the JSON is a public contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import PurePath

from tui_monitor.events import AgentStatus, CallState, SessionKey
from tui_monitor.ledger import ZERO
from tui_monitor.live.agent import Agent
from tui_monitor.live.alerts import Alert, AlertSettings, BudgetAlert, alerts_at
from tui_monitor.live.context import Context, compaction_threshold, forecast, level
from tui_monitor.live.entries import Call
from tui_monitor.live.session import SessionState
from tui_monitor.live.status import CURRENT, Lag, Status, StatusWord, status
from tui_monitor.reports.model import SCHEMA, Json
from tui_monitor.reports.stats import cost_usd, totals_json
from tui_monitor.totals import AgentTotal
from tui_monitor.units import iso

MAX_CALLS = 20
"""So many calls of a session are listed, the last ones."""

DEFAULTS = AlertSettings()

_CALL_STATES = {
    CallState.OPEN: "open",
    CallState.BACKGROUND: "open",
    CallState.OK: "ok",
    CallState.REJECTED: "rejected",
    CallState.INTERRUPTED: "interrupted",
    CallState.SKIPPED: "failed",
}
_ENDED_AGENTS = {
    AgentStatus.COMPLETED: "ended",
    AgentStatus.TERMINATED: "ended",
    AgentStatus.FAILED: "failed",
}
_TIMELY = ("now", "evidence")
"""Keys whose values change with time alone."""
_LAGGING = (StatusWord.BEHIND, StatusWord.READING)
_OVER = (StatusWord.ENDED, StatusWord.UNKNOWN, StatusWord.IDLE)


def no_lag(session: SessionKey) -> Lag:
    """Return that a session is not behind."""
    return CURRENT


def snapshot_json(
    sessions: Sequence[SessionState],
    now: int,
    settings: AlertSettings = DEFAULTS,
    lag: Callable[[SessionKey], Lag] = no_lag,
    budgets: Sequence[BudgetAlert] = (),
) -> Json:
    """Return ``sessions`` at ``now`` (epoch ms) in their public shape: the first one is the one the monitor would show.

    Numbers are integers except money and percentages; unknown values are null. Alerts are the most urgent first.
    ``lag`` returns by how much a session is behind; ``budgets`` are alerts of no session, those of a period.
    """
    return {
        "schema": SCHEMA,
        "now": iso(now),
        "sessions": [_session(session, status(session, now, lag(session.key)), now, settings) for session in sessions],
        "alerts": [
            *(_alert(alert) for alert in alerts_at(sessions, now, settings)),
            *map(_budget_alert, budgets),
        ],
    }


def steady_part(document: Json) -> Json:
    """Return what differs between two snapshots only if something happened: it leaves out what passing time changes."""
    match document:
        case list():
            return [steady_part(value) for value in document]
        case dict():
            is_open, is_behind = document.get("state") == "open", document.get("word") in _LAGGING
            timely = (*_TIMELY, *(("duration_ms",) if is_open else ()), *(("since",) if is_behind else ()))
            return {key: steady_part(value) for key, value in document.items() if key not in timely}
        case _:
            return document


def _session(session: SessionState, current: Status, now: int, settings: AlertSettings) -> Json:
    return {
        "id": session.key.id,
        "source": session.key.source,
        "title": session.title or None,
        "project": PurePath(session.folder).name or None,
        "cwd": session.cwd or None,
        "branch": session.branch or None,
        "path": session.path or None,
        "model": session.model or None,
        "version": session.version or None,
        "live": current.word not in _OVER,
        "pid": session.process.pid if session.process else None,
        "state": _state(current),
        "context": _context(session.context, settings.levels),
        "totals": totals_json(session.totals) if session.totals_loaded else None,
        "limits": [
            {"name": limit.name, "used_percentage": limit.used_percent, "resets": iso(limit.resets_at or 0)}
            for limit in session.rate_limits.values()
        ],
        "agents": [_agent(agent, session) for agent in session.children()],
        "calls": [_call(call, now) for call in _last_calls(session)],
        "said": session.last_message or None,
    }


def _state(current: Status) -> Json:
    return {
        "word": current.word.value,
        "certain": current.certain,
        "since": iso(current.since),
        "evidence": current.evidence,
        "subject": current.subject or None,
    }


def _context(context: Context, levels: Sequence[float]) -> Json:
    threshold = compaction_threshold(context)
    likely = forecast(context, threshold)
    share = context.percentage
    return {
        "current": context.tokens,
        "limit": context.limit,
        "percentage": None if share is None else round(share, 2),
        "level": None if share is None else level(share, levels),
        "compacts_at": threshold,
        "calls_left": None if likely is None else [likely.low, likely.calls, likely.high],
    }


def _agent(agent: Agent, session: SessionState) -> Json:
    total = next((total for total in session.totals.agents if total.agent == agent.id), AgentTotal(agent.id))
    return {
        "id": agent.id,
        "type": agent.type or None,
        "description": agent.description or None,
        "model": agent.model or None,
        "state": _agent_state(agent),
        "calls": total.calls,
        "total_tokens": total.amount.total_tokens,
        "cost_usd": None if total.amount == ZERO else cost_usd(total.amount),
        "context": agent.context.tokens,
    }


def _agent_state(agent: Agent) -> str:
    if agent.status in _ENDED_AGENTS:
        return _ENDED_AGENTS[agent.status]
    if agent.ended:
        return "ended"
    return "unknown" if agent.status is None else "running"


def _last_calls(session: SessionState) -> list[Call]:
    """Return the last calls in the order in which they began."""
    calls = sorted(session.log.calls(), key=lambda call: call.started, reverse=True)
    return list(islice(calls, MAX_CALLS))[::-1]


def _call(call: Call, now: int) -> Json:
    changes_files = bool(call.changes)
    return {
        "id": call.id,
        "tool": call.tool,
        "target": call.subject or None,
        "state": _CALL_STATES.get(call.state, "failed"),
        "outcome": call.summary_line or call.error.partition("\n")[0] or None,
        "started": iso(call.started),
        "duration_ms": call.duration_ms if call.state.ended else max(0, now - call.started),
        "waited_ms": call.waiting_ms,
        "lines_added": call.added if changes_files else None,
        "lines_removed": call.removed if changes_files else None,
    }


def _budget_alert(alert: BudgetAlert) -> Json:
    return {"kind": "budget", "session": None, "since": iso(alert.since), "text": alert.text}


def _alert(alert: Alert) -> Json:
    return {"kind": alert.kind.value, "session": alert.session.id, "since": iso(alert.since), "text": alert.text}
