"""``sessions``: the list of sessions. The shape of the JSON is a public contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo

from tui_monitor.ledger import ZERO
from tui_monitor.live.context import LEVELS
from tui_monitor.reports.cost import session_label
from tui_monitor.reports.model import SCHEMA, Json, TableData, TableRow
from tui_monitor.reports.selection import Filters, matching, project_of
from tui_monitor.reports.stats import context_percentage, session_json
from tui_monitor.reports.stats_tables import cost_text
from tui_monitor.store import SpendingKey, SpendingScope, Store
from tui_monitor.totals import SessionSummary
from tui_monitor.units import compact, duration_forms, to_datetime


def query_sessions(store: Store, filters: Filters, since: int | None, until: int | None) -> list[SessionSummary]:
    """Query the sessions that match, the last active first; with filters within sessions their amounts are of these."""
    with store.snapshot():
        sessions = list(matching(store.sessions(since=since, until=until), filters))
        if not filters.are_of_accounts:
            return sessions
        scope = SpendingScope(
            since, until, [one.session for one in sessions], filters.model, filters.agent, filters.plan, filters.task
        )
        amounts = {spent.session: spent.amount for spent in store.spending(scope, [SpendingKey.SESSION])}
    return [
        replace(one, totals=replace(one.totals, amount=amount))
        for one in sessions
        if (amount := amounts.get(one.session, ZERO)) != ZERO
    ]


def sessions_json(sessions: Sequence[SessionSummary], levels: Sequence[float] = LEVELS) -> Json:
    """Return the list in its public shape: sessions as in ``stats``, with title, project, branch and model."""
    return {"schema": SCHEMA, "sessions": [described_session(one, levels) for one in sessions]}


def described_session(session: SessionSummary, levels: Sequence[float]) -> dict[str, Json]:
    """Return a session as in ``stats``, with what a person knows it by."""
    return {
        **session_json(session, levels),
        "title": session.title or None,
        "project": project_of(session) or None,
        "branch": session.branch or None,
        "model": session.model or None,
        "version": session.version or None,
        "duration_ms": duration_ms(session),
    }


def duration_ms(session: SessionSummary) -> int | None:
    """Return the time from the first to the last event of a session; None if it is unknown."""
    return session.ended - session.started if session.started and session.ended >= session.started else None


def duration_text(ms: int | None) -> str:
    """Return a duration in words; a dash if it is unknown."""
    return "—" if ms is None else (duration_forms(ms) or ("<1s",))[0]


def when_text(at: int, tz: tzinfo | None) -> str:
    """Return a time to the minute."""
    when = to_datetime(at, tz)
    return f"{when:%Y-%m-%d %H:%M}" if when else "unknown"


def sessions_table(sessions: Sequence[SessionSummary], rows: int, tz: tzinfo | None) -> TableData:
    """Return the table of at most so many sessions."""
    columns = ("session", "id", "last active", "cost", "tokens", "time", "context", "tools", "source", "model")
    shown = [_row(one, tz) for one in sessions[:rows]]
    return TableData("Sessions", columns, shown, more=len(sessions) - len(shown))


def _row(session: SessionSummary, tz: tzinfo | None) -> TableRow:
    share = context_percentage(session)
    return (
        session_label(session),
        session.session.id[:8],
        when_text(session.ended, tz),
        cost_text(session.totals.amount),
        compact(session.totals.amount.total_tokens),
        duration_text(duration_ms(session)),
        "—" if share is None else f"{share:.0f} %",
        compact(session.totals.calls),
        session.session.source,
        session.model,
    )
