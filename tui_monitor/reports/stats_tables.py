"""``stats`` as tables for people: models, sessions and tools, with notes on the files read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from pathlib import PurePath

from tui_monitor.ledger import Amount
from tui_monitor.reports.model import TableData, TableRow
from tui_monitor.reports.stats import Stats, context_percentage
from tui_monitor.totals import ModelTotal, SessionSummary, SessionTotals, ToolTotal
from tui_monitor.units import compact, dollars, duration_forms, pluralize, to_datetime

MAX_SESSIONS = 20
MAX_TOOLS = 12
MAX_ERRORS = 8

_LOWER_BOUND = (
    "≥ lower bound: the transcript has only the beginning of some responses, or the price of their model is unknown"
)


def stats_tables(stats: Stats, tz: tzinfo | None = None) -> Iterator[TableData]:
    """Yield the tables; times are in ``tz`` (None: the local zone)."""
    yield models_table(stats.models, stats.totals.amount)
    yield _sessions(stats, tz)
    yield tools_table(stats.tools)


def stats_notes(stats: Stats) -> list[str]:
    """Return the lines below the tables: lower bounds, the extent of what was read, and errors."""
    health = stats.health
    line = f"read {pluralize(health.files, 'file')}, {pluralize(health.lines, 'line')}"
    if health.skipped:
        line += f"; {pluralize(health.skipped, 'line')} could not be read"
    if health.unknown:
        line += f"; {pluralize(health.unknown, 'line')} of unknown type"
    return [
        *([] if stats.sessions else ["nothing was done in this time"]),
        *([_LOWER_BOUND] if any(model.amount.lower_bound or model.amount.unpriced for model in stats.models) else []),
        line,
        *first_issues(stats.errors),
    ]


def first_issues(errors: Sequence[str]) -> list[str]:
    """Return the first of the lines on what could not be read, and the number of the others."""
    more = len(errors) - MAX_ERRORS
    return [*errors[:MAX_ERRORS], *([f"and {more:,} more; stats --json has all"] if more > 0 else [])]


def lines_text(totals: SessionTotals) -> str:
    """Return the lines changed: ``+31 −4``, ``≥ +31 −4`` where some changes do not say how many."""
    return f"{'≥ ' if totals.uncounted else ''}+{totals.lines_added:,} −{totals.lines_removed:,}"


def cost_text(amount: Amount) -> str:
    """Return money to the cent: ``≥`` marks a lower bound, a dash an amount without any known price."""
    if amount.is_unpriced:
        return "—"
    return dollars(amount.cost, at_least=bool(amount.lower_bound or amount.unpriced))


def models_table(models: Sequence[ModelTotal], total: Amount) -> TableData:
    """Return the table of models, with what they come to."""
    columns = ("model", "cost", "requests", "total", "in", "out", "cache r", "cache w")
    rows = list(map(_model, models, _providers(models)))
    return TableData("Models", columns, rows, ("all", *amount_cells(total)) if len(rows) > 1 else ())


def _model(model: ModelTotal, provider: str) -> TableRow:
    return (f"{model.name} ({provider})" if provider else model.name, *amount_cells(model.amount))


def _providers(models: Sequence[ModelTotal]) -> Iterator[str]:
    """Yield the provider of each model that has several, else an empty text."""
    counts = Counter(model.model for model in models if model.model)
    return ((model.provider or "unknown") if counts[model.model] > 1 else "" for model in models)


def amount_cells(amount: Amount) -> TableRow:
    """Return the cells of an amount: cost, requests, tokens in all, in, out, read from and written to the cache."""
    bound = "≥" if amount.lower_bound else ""
    counts = (amount.input, amount.output, amount.cache_read, amount.cache_creation)
    input_, output, cache_read, cache_write = map(compact, counts)
    total = bound + compact(amount.total_tokens)
    return cost_text(amount), compact(amount.requests), total, input_, bound + output, cache_read, cache_write


def _sessions(stats: Stats, tz: tzinfo | None) -> TableData:
    columns = ("session", "last active", "cost", "context", "changed", "tools", "requests", "source")
    rows = [_session(session, tz) for session in stats.sessions[:MAX_SESSIONS]]
    return TableData("Sessions", columns, rows, more=len(stats.sessions) - len(rows))


def _session(session: SessionSummary, tz: tzinfo | None) -> TableRow:
    totals = session.totals
    when = to_datetime(session.ended, tz)
    folder = PurePath(session.cwd.replace("\\", "/")).name
    return (
        f"{folder} {session.session.id[:8]}",
        f"{when:%Y-%m-%d %H:%M}" if when else "unknown",
        cost_text(totals.amount),
        _context(session),
        lines_text(totals) if totals.files_changed else "",
        f"{compact(totals.calls)}{f' ✗{totals.failed}' if totals.failed else ''}",
        compact(totals.amount.requests),
        session.session.source,
    )


def _context(session: SessionSummary) -> str:
    share = context_percentage(session)
    return "—" if share is None else f"{share:.0f} %"


def tools_table(tools: Sequence[ToolTotal]) -> TableData:
    """Return the table of tools."""
    rows = [_tool(tool) for tool in tools[:MAX_TOOLS]]
    return TableData("Tools", ("tool", "calls", "failed", "p50", "p95"), rows, more=len(tools) - len(rows))


def _tool(tool: ToolTotal) -> TableRow:
    failed = compact(tool.failed) if tool.failed else ""
    return tool.tool, compact(tool.calls), failed, duration_text(tool.p50_ms), duration_text(tool.p95_ms)


def duration_text(ms: int | None) -> str:
    """Return a duration, below ten seconds to the hundredth of one; a dash if it is unknown."""
    if ms is None:
        return "—"
    return f"{ms / 1000:.2f}s" if ms < 10_000 else duration_forms(ms)[0]
