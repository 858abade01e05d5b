"""The reports as tables for people, as wide as their terminal."""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import PurePath
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tui_monitor.clean import clean_line
from tui_monitor.events import PICO
from tui_monitor.ledger import Amount
from tui_monitor.reports.stats import Stats
from tui_monitor.totals import SessionSummary

SHOWN_SESSIONS = 20
SHOWN_TOOLS = 12
SHOWN_ERRORS = 8


def print_stats(stats: Stats, file: TextIO, tz: tzinfo | None = None) -> None:
    """Print the whole report; times are of ``tz`` (None: the local zone)."""
    console = Console(file=file, highlight=False)
    console.print(_models(stats))
    console.print(_sessions(stats, tz))
    console.print(_tools(stats))
    for line in _health(stats):
        console.print(Text(clean_line(line), style="dim"), soft_wrap=True)


def _table(title: str, *columns: str, left: int = 1) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, show_footer=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < left else "right", no_wrap=True, overflow="ellipsis")
    return table


def _models(stats: Stats) -> Table:
    table = _table("Models", "model", "requests", "input", "output", "cache read", "cache write", "total", "cost")
    for model in stats.models:
        table.add_row(clean_line(model.model) or "unknown", *_amounts(model.amount))
    if len(stats.models) != 1:
        table.add_section()
        table.add_row("all", *_amounts(stats.totals.amount), style="bold")
    return table


def _amounts(amount: Amount) -> tuple[str, ...]:
    output = f"{'≥' if amount.lower_bound else ''}{amount.output:,}"
    counts = (f"{amount.cache_read:,}", f"{amount.cache_creation:,}", f"{amount.total_tokens:,}")
    return (f"{amount.requests:,}", f"{amount.input:,}", output, *counts, cost(amount))


def cost(amount: Amount) -> str:
    """Money to the cent: ``≥`` marks a lower bound, a dash what has no known price at all."""
    if amount.requests and amount.unpriced >= amount.requests:
        return "—"
    return f"{'≥' if amount.lower_bound or amount.unpriced else ''}${amount.cost / PICO:,.2f}"


def _sessions(stats: Stats, tz: tzinfo | None) -> Table:
    table = _table(
        "Sessions", "last heard of", "session", "source", "requests", "tools", "changed", "context", "cost", left=3
    )
    for session in stats.sessions[:SHOWN_SESSIONS]:
        totals = session.totals
        table.add_row(
            _when(session.ended, tz),
            clean_line(_name(session)),
            session.session.source,
            f"{totals.amount.requests:,}",
            f"{totals.calls:,}" + (f" ✗{totals.failed}" if totals.failed else ""),
            f"+{totals.lines_added:,} −{totals.lines_removed:,}" if totals.files_changed else "",
            _context(session),
            cost(totals.amount),
        )
    more = len(stats.sessions) - SHOWN_SESSIONS
    if more > 0:
        table.caption = f"and {more:,} older ones"
    return table


def _name(session: SessionSummary) -> str:
    folder = PurePath(session.cwd.replace("\\", "/")).name
    return f"{folder} {session.session.id[:8]}".strip()


def _when(at: int, tz: tzinfo | None) -> str:
    try:
        return f"{datetime.fromtimestamp(at / 1000, tz):%Y-%m-%d %H:%M}" if at else "unknown"
    except (OverflowError, OSError, ValueError):
        return "unknown"


def _context(session: SessionSummary) -> str:
    if session.context is None or not session.limit:
        return "—"
    return f"{100 * session.context / session.limit:.0f} %"


def _tools(stats: Stats) -> Table:
    table = _table("Tools", "tool", "calls", "failed", "median", "95 of 100 below")
    for tool in stats.tools[:SHOWN_TOOLS]:
        failed = f"{tool.failed:,}" if tool.failed else ""
        table.add_row(clean_line(tool.tool), f"{tool.calls:,}", failed, _duration(tool.p50_ms), _duration(tool.p95_ms))
    return table


def _duration(ms: int | None) -> str:
    if ms is None:
        return "—"
    return f"{ms / 1000:.2f} s" if ms < 10_000 else f"{ms / 1000:.0f} s"


def _health(stats: Stats) -> list[str]:
    health = stats.health
    line = f"read {health.files:,} files, {health.lines:,} lines"
    if health.skipped or health.unknown:
        line += f"; {health.skipped:,} lines could not be read, {health.unknown:,} are of unknown types"
    more = len(stats.errors) - SHOWN_ERRORS
    return [line, *stats.errors[:SHOWN_ERRORS], *([f"and {more:,} more; --json has all"] if more > 0 else [])]
