"""The reports as tables for people, as wide as their terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from pathlib import PurePath
from typing import Literal, TextIO, TypeAlias

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from tui_monitor.clean import clean_line
from tui_monitor.ledger import Amount
from tui_monitor.reports.stats import Stats
from tui_monitor.totals import ModelTotal, SessionSummary, ToolTotal
from tui_monitor.units import compact, dollars, duration_forms, pluralize, to_datetime

SHOWN_SESSIONS = 20
SHOWN_TOOLS = 12
SHOWN_ERRORS = 8
GAP = 2
LEAST_NAME = 16
"""So many cells the first column of a table keeps; rather than take them columns are left out."""

Row: TypeAlias = Sequence[str]

_BOUND = "≥ lower bound: the transcript has only the beginning of some answers, or no price of their model is known"


def print_stats(stats: Stats, file: TextIO, width: int, tz: tzinfo | None = None) -> None:
    """Print the whole report in at most ``width`` cells; times are of ``tz`` (None: the local zone)."""
    console = Console(file=file, width=width, highlight=False)
    with console.capture() as shown:
        for part in _parts(stats, tz, width):
            console.print(part, soft_wrap=isinstance(part, Text))
            if isinstance(part, Table):
                console.print()
    file.write(shown.get())


def _parts(stats: Stats, tz: tzinfo | None, width: int) -> Iterator[RenderableType]:
    yield from _models(stats, width)
    yield from _sessions(stats, tz, width)
    yield from _tools(stats, width)
    if any(model.amount.lower_bound or model.amount.unpriced for model in stats.models):
        yield _note(_BOUND)
    yield from map(_note, _health(stats))


def _note(line: str) -> Text:
    return Text(clean_line(line), style="dim")


def _models(stats: Stats, width: int) -> Iterator[RenderableType]:
    if stats.models:
        columns = ("model", "cost", "requests", "total", "in", "out", "cache r", "cache w")
        rows = list(map(_model, stats.models, _sellers(stats.models)))
        total = ("all", *_amounts(stats.totals.amount)) if len(rows) > 1 else ()
        yield _table("Models", columns, rows, width, total=total)


def _model(model: ModelTotal, seller: str) -> Row:
    name = clean_line(model.name)
    return (f"{name} ({clean_line(seller)})" if seller else name, *_amounts(model.amount))


def _sellers(models: Sequence[ModelTotal]) -> Iterator[str]:
    """Who serves each model, where the same one is served by several; else empty."""
    several = Counter(model.model for model in models if model.model)
    return ((model.provider or "unknown") if several[model.model] > 1 else "" for model in models)


def _amounts(amount: Amount) -> Row:
    bound = "≥" if amount.lower_bound else ""
    counts = (amount.input, amount.output, amount.cache_read, amount.cache_creation)
    input_, output, read, written = map(compact, counts)
    total = bound + compact(amount.total_tokens)
    return cost(amount), compact(amount.requests), total, input_, bound + output, read, written


def cost(amount: Amount) -> str:
    """Money to the cent: ``≥`` marks a lower bound, a dash what has no known price at all."""
    if amount.is_unpriced:
        return "—"
    return f"{'≥' if amount.lower_bound or amount.unpriced else ''}{dollars(amount.cost)}"


def _sessions(stats: Stats, tz: tzinfo | None, width: int) -> Iterator[RenderableType]:
    columns = ("session", "last heard of", "cost", "context", "changed", "tools", "requests", "source")
    rows = [_session(session, tz) for session in stats.sessions[:SHOWN_SESSIONS]]
    if rows:
        yield _table("Sessions", columns, rows, width, len(stats.sessions) - len(rows))


def _session(session: SessionSummary, tz: tzinfo | None) -> Row:
    totals = session.totals
    when = to_datetime(session.ended, tz)
    folder = PurePath(session.cwd.replace("\\", "/")).name
    return (
        clean_line(f"{folder} {session.session.id[:8]}"),
        f"{when:%Y-%m-%d %H:%M}" if when else "unknown",
        cost(totals.amount),
        _context(session),
        f"+{totals.lines_added:,} −{totals.lines_removed:,}" if totals.files_changed else "",
        f"{compact(totals.calls)}{f' ✗{totals.failed}' if totals.failed else ''}",
        compact(totals.amount.requests),
        session.session.source,
    )


def _context(session: SessionSummary) -> str:
    if session.context is None or not session.limit:
        return "—"
    return f"{100 * session.context / session.limit:.0f} %"


def _tools(stats: Stats, width: int) -> Iterator[RenderableType]:
    rows = [_tool(tool) for tool in stats.tools[:SHOWN_TOOLS]]
    if rows:
        columns = ("tool", "calls", "failed", "p50", "p95")
        yield _table("Tools", columns, rows, width, len(stats.tools) - len(rows))


def _tool(tool: ToolTotal) -> Row:
    failed = compact(tool.failed) if tool.failed else ""
    return clean_line(tool.tool), compact(tool.calls), failed, _duration(tool.p50_ms), _duration(tool.p95_ms)


def _duration(ms: int | None) -> str:
    if ms is None:
        return "—"
    return f"{ms / 1000:.2f}s" if ms < 10_000 else duration_forms(ms)[0]


def _health(stats: Stats) -> list[str]:
    health = stats.health
    line = f"read {pluralize(health.files, 'file')}, {pluralize(health.lines, 'line')}"
    if health.skipped:
        line += f"; {pluralize(health.skipped, 'line')} could not be read"
    if health.unknown:
        line += f"; {pluralize(health.unknown, 'line')} of unknown type"
    more = len(stats.errors) - SHOWN_ERRORS
    return [line, *stats.errors[:SHOWN_ERRORS], *([f"and {more:,} more; --json has all"] if more > 0 else [])]


def _table(title: str, columns: Row, rows: Sequence[Row], width: int, more: int = 0, total: Row = ()) -> Table:
    """Rows in at most ``width`` cells: the first column is cut to its least, then the last columns are left out."""
    widths = [max(map(cell_len, cells)) for cells in zip(columns, *rows, *([total] if total else []), strict=True)]
    while len(widths) > 1 and min(widths[0], LEAST_NAME) + _beside(widths) > width:
        widths.pop()
    widths[0] = min(widths[0], max(1, width - _beside(widths)))
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.show_edge = table.pad_edge = False
    table.caption, table.caption_justify = (f"and {more:,} more" if more else None), "left"
    for name, cells in zip(columns, widths, strict=False):
        justify: Literal["left", "right"] = "right" if table.columns else "left"
        table.add_column(name, justify=justify, width=cells, no_wrap=True, overflow="ellipsis")
    for row in rows:
        table.add_row(*map(Text, row[: len(widths)]))
    if total:
        table.add_section()
        table.add_row(*map(Text, total[: len(widths)]), style="bold")
    return table


def _beside(widths: Sequence[int]) -> int:
    """What all columns but the first take, with the gaps before them."""
    return sum(GAP + cells for cells in widths[1:])
