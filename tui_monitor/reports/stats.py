"""``stats``: totals in all and by model, session and tool. The shape of the JSON is a public contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui_monitor.events import PICO
from tui_monitor.ledger import Amount
from tui_monitor.live.context import LEVELS, level
from tui_monitor.merge.context_limits import fill_percentage
from tui_monitor.reports.model import SCHEMA, Json
from tui_monitor.sources.discovery.registry import agent_traits
from tui_monitor.store import Store, StoreHealth
from tui_monitor.totals import ModelTotal, SessionSummary, SessionTotals, ToolTotal
from tui_monitor.units import iso


@dataclass(frozen=True, slots=True)
class Stats:
    """The content of the report. ``errors`` has a line for each thing that was not read, with the reason."""

    totals: SessionTotals
    models: Sequence[ModelTotal]
    sessions: Sequence[SessionSummary]
    tools: Sequence[ToolTotal]
    health: StoreHealth
    errors: Sequence[str] = ()


def query_stats(store: Store, errors: Iterable[str] = (), since: int | None = None, until: int | None = None) -> Stats:
    """Query the content of ``store`` from ``since`` until before ``until`` (epoch milliseconds)."""
    with store.snapshot():
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


def stats_json(stats: Stats, levels: Sequence[float] = LEVELS) -> dict[str, Json]:
    """Return the report in its public shape: integers except money and percentages; unknown values are null."""
    return {
        "schema": SCHEMA,
        "totals": _overall_json(stats),
        "models": [
            {"model": model.model, "provider": model.provider or None, **usage_json(model.amount)}
            for model in stats.models
        ],
        "sessions": [session_json(session, levels) for session in stats.sessions],
        "tools": [tool_json(tool) for tool in stats.tools],
        "health": {
            "files": stats.health.files,
            "lines": stats.health.lines,
            "skipped_lines": stats.health.skipped,
            "unknown_types": stats.health.unknown,
            "errors": list(stats.errors),
        },
    }


def _overall_json(stats: Stats) -> dict[str, Json]:
    """Return the totals of all sessions. Where nothing that was read could be understood, the cost is unknown."""
    totals = totals_json(stats.totals)
    return totals | {"cost_usd": None} if stats.health.unknown and not stats.sessions else totals


def model_json(model: ModelTotal) -> dict[str, Json]:
    """Return a model's usage in its public shape."""
    return {"model": model.model, "provider": model.provider or None, **usage_json(model.amount)}


def tool_json(tool: ToolTotal) -> dict[str, Json]:
    """Return a tool's calls in their public shape."""
    return {
        "tool": tool.tool,
        "calls": tool.calls,
        "failed": tool.failed,
        "p50_ms": tool.p50_ms,
        "p95_ms": tool.p95_ms,
    }


def usage_json(amount: Amount) -> dict[str, Json]:
    """Return an amount in its public shape."""
    return {
        "requests": amount.requests,
        "input_tokens": amount.input,
        "output_tokens": amount.output,
        "cache_read_tokens": amount.cache_read,
        "cache_creation_tokens": amount.cache_creation,
        "reasoning_tokens": amount.reasoning,
        "total_tokens": amount.total_tokens,
        "cost_usd": cost_usd(amount),
        "cost_is_lower_bound": bool(amount.lower_bound or amount.unpriced),
        "unpriced_requests": amount.unpriced,
    }


def cost_usd(amount: Amount) -> float | None:
    """Return the cost in US dollars; None if nothing of it has a known price."""
    return None if amount.is_unpriced else amount.cost / PICO


def totals_json(totals: SessionTotals) -> dict[str, Json]:
    """Return the totals of a session, or of all, in their public shape."""
    return {
        **usage_json(totals.amount),
        "tools": totals.calls,
        "tools_failed": totals.failed,
        "tools_rejected": totals.rejected,
        "files_changed": totals.files_changed,
        "lines_added": totals.lines_added,
        "lines_removed": totals.lines_removed,
    }


def session_json(session: SessionSummary, levels: Sequence[float]) -> dict[str, Json]:
    """Return a session in its public shape."""
    return {
        "id": session.session.id,
        "source": session.session.source,
        "path": session.path,
        "agents": session.agents,
        "started": iso(session.started),
        "ended": iso(session.ended),
        **totals_json(session.totals),
        "context": _context(session, levels),
    }


def context_percentage(session: SessionSummary) -> float | None:
    """Return how full the context of a session is, as its agent counts it; None if unknown."""
    return fill_percentage(session.context, session.limit, agent_traits(session.session.source).context_base)


def _context(session: SessionSummary, levels: Sequence[float]) -> dict[str, Json]:
    share = context_percentage(session)
    return {
        "current": session.context,
        "limit": session.limit,
        "percentage": None if share is None else round(share, 2),
        "level": None if share is None else level(share, levels),
    }
