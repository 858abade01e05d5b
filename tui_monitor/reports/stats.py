"""`stats`: all sums, by model, session and tool, with what reading met. Its JSON shape is a public contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from tui_monitor.events import PICO
from tui_monitor.ledger import Amount
from tui_monitor.live.context import LEVELS, level
from tui_monitor.store import Store, StoreHealth
from tui_monitor.totals import ModelTotal, SessionSummary, SessionTotals, ToolTotal

SCHEMA = 1

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""What JSON can hold."""


@dataclass(frozen=True, slots=True)
class Stats:
    """All that the report tells. ``errors`` are lines for a person: what was not read and why."""

    totals: SessionTotals
    models: Sequence[ModelTotal]
    sessions: Sequence[SessionSummary]
    tools: Sequence[ToolTotal]
    health: StoreHealth
    errors: Sequence[str] = ()


def query_stats(store: Store, errors: Iterable[str] = (), since: int | None = None, until: int | None = None) -> Stats:
    """The report of all that ``store`` knows from ``since`` until before ``until`` (epoch milliseconds)."""
    with store.reading():
        totals = store.overall(since=since, until=until)
        health = store.health()
        return Stats(
            totals,
            store.models(since=since, until=until),
            store.sessions(since=since, until=until),
            store.tools(since=since, until=until),
            health,
            (*errors, *health.errors),
        )


def stats_json(stats: Stats, levels: Sequence[float] = LEVELS) -> Json:
    """The report in its public shape: numbers are integers but for money and percentages, unknown is null."""
    return {
        "schema": SCHEMA,
        "totals": _totals(stats.totals),
        "models": [
            {"model": model.model, "provider": model.provider or None, **_usage(model.amount)} for model in stats.models
        ],
        "sessions": [_session(session, levels) for session in stats.sessions],
        "tools": [
            {
                "tool": tool.tool,
                "calls": tool.calls,
                "failed": tool.failed,
                "p50_ms": tool.p50_ms,
                "p95_ms": tool.p95_ms,
            }
            for tool in stats.tools
        ],
        "health": {
            "files": stats.health.files,
            "lines": stats.health.lines,
            "skipped_lines": stats.health.skipped,
            "unknown_types": stats.health.unknown,
            "errors": list(stats.errors),
        },
    }


def _usage(amount: Amount) -> dict[str, Json]:
    return {
        "requests": amount.requests,
        "input_tokens": amount.input,
        "output_tokens": amount.output,
        "cache_read_tokens": amount.cache_read,
        "cache_creation_tokens": amount.cache_creation,
        "reasoning_tokens": amount.reasoning,
        "total_tokens": amount.total_tokens,
        "cost_usd": None if amount.is_unpriced else amount.cost / PICO,
        "cost_is_lower_bound": bool(amount.lower_bound or amount.unpriced),
        "unpriced_requests": amount.unpriced,
    }


def _totals(totals: SessionTotals) -> dict[str, Json]:
    return {
        **_usage(totals.amount),
        "tools": totals.calls,
        "tools_failed": totals.failed,
        "tools_rejected": totals.rejected,
        "files_changed": totals.files_changed,
        "lines_added": totals.lines_added,
        "lines_removed": totals.lines_removed,
    }


def _session(session: SessionSummary, levels: Sequence[float]) -> dict[str, Json]:
    return {
        "id": session.session.id,
        "source": session.session.source,
        "path": session.path,
        "agents": session.agents,
        "started": iso(session.started),
        "ended": iso(session.ended),
        **_totals(session.totals),
        "context": _context(session, levels),
    }


def _context(session: SessionSummary, levels: Sequence[float]) -> dict[str, Json]:
    share = 100 * session.context / session.limit if session.context is not None and session.limit else None
    return {
        "current": session.context,
        "limit": session.limit,
        "percentage": None if share is None else round(share, 4),
        "level": None if share is None else level(share, levels),
    }


def iso(at: int) -> str | None:
    """Epoch milliseconds as ISO 8601 in UTC; None where the time is not known."""
    if not at:
        return None
    try:
        when = datetime.fromtimestamp(at / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
