"""One frame of the monitor as lines of plain text: status, last activity, models, changed files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui_monitor.tui.alignment import justify
from tui_monitor.tui.header.lines import header_lines
from tui_monitor.tui.header.view import StatusView
from tui_monitor.tui.panes.files import files_lines
from tui_monitor.tui.panes.models import models_lines
from tui_monitor.tui.rows.context import row_context
from tui_monitor.tui.rows.describe import row_of
from tui_monitor.tui.rows.fold import ListingOptions, list_rows
from tui_monitor.tui.rows.layout import columns_for, compose, compose_below
from tui_monitor.tui.rows.listing import LogListing
from tui_monitor.tui.spans import Spans, TextSpan, one_line

NO_ROWS = "No activity yet."


def frame_lines(view: StatusView, width: int, rows: int = 20, files: int = 10, fault: str = "") -> list[str]:
    """Return a frame in ``width`` cells, with at most so many lines of activity and of files, and a fault.

    No line holds an escape sequence or ends in a space.
    """
    state = view.state
    parts = (
        ("", map(_text, header_lines(view, width))),
        ("", map(_text, [justify([((TextSpan(f"⚠ {one_line(fault)}"),), ())], width)] if fault else [])),
        ("Activity", _activity(view, width, rows)),
        ("Models", map(_text, models_lines(state, width))),
        ("Files changed", map(_text, files_lines(state, width, files))),
    )
    return [line.rstrip() for title, lines in parts for line in _titled(title, lines, width)]


def _titled(title: str, lines: Iterable[str], width: int) -> Iterator[str]:
    if title:
        yield f"── {title} ".ljust(width, "─")
    yield from lines


def _activity(view: StatusView, width: int, rows: int) -> Iterator[str]:
    """Yield the last lines of the log, as the screen lists them."""
    columns, context = columns_for(width), row_context(view.state, view.now, view.tz)
    listing = LogListing(list_rows(view.state, context, ListingOptions(untimed=not columns.time)))
    if not listing.height:
        yield NO_ROWS
    for line in range(max(0, listing.height - rows), listing.height):
        index, below = listing.at_line(line)
        row = row_of(listing.rows[index], context)
        yield _text(compose_below(row, columns) if below else compose(row, columns))


def _text(spans: Spans) -> str:
    return "".join(span.text for span in spans)
