"""Rows of a session as plain lines."""

from __future__ import annotations

from datetime import UTC

from tests.tui.live_builder import LiveBuilder
from tui_monitor.live.entries import Call
from tui_monitor.tui.rows.context import RowContext, row_context
from tui_monitor.tui.rows.describe import row_of
from tui_monitor.tui.rows.fold import ListingOptions, list_rows
from tui_monitor.tui.rows.items import LogItem
from tui_monitor.tui.rows.layout import LogRow, columns_for, compose, compose_below


def context(live: LiveBuilder) -> RowContext:
    """Return the context of the session at its own time, in UTC."""
    return row_context(live.state, live.now, UTC)


def row(live: LiveBuilder, call: Call) -> LogRow:
    """Return the row of a single call."""
    return row_of(LogItem((call,)), context(live))


def lines(live: LiveBuilder, width: int = 78, view: ListingOptions | None = None) -> list[str]:
    """Return all lines of the log, without trailing spaces."""
    columns = columns_for(width)
    drawn = []
    for listed in list_rows(live.state, context(live), view or ListingOptions(untimed=not columns.time)):
        log_row = row_of(listed, context(live))
        drawn.append(compose(log_row, columns))
        if log_row.below:
            drawn.append(compose_below(log_row, columns))
    return ["".join(span.text for span in spans).rstrip() for spans in drawn]


def text(row: LogRow, width: int = 78) -> str:
    """Return a composed row with single spaces."""
    return " ".join("".join(span.text for span in compose(row, columns_for(width))).split())
