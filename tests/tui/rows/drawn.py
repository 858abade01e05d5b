"""Rows of a session as plain lines, as they would be drawn."""

from __future__ import annotations

from datetime import UTC

from tests.tui.live_builder import LiveBuilder
from tui_monitor.live.entries import Call
from tui_monitor.tui.rows.describe import row_of
from tui_monitor.tui.rows.fold import View, list_rows
from tui_monitor.tui.rows.items import Item
from tui_monitor.tui.rows.layout import columns_for, compose, compose_below
from tui_monitor.tui.rows.row import Row
from tui_monitor.tui.rows.scene import Scene, scene_of


def scene(live: LiveBuilder) -> Scene:
    """The session at its own time, in UTC."""
    return scene_of(live.state, live.now, UTC)


def row(live: LiveBuilder, call: Call) -> Row:
    """The row of one call that stands alone."""
    return row_of(Item((call,)), scene(live))


def lines(live: LiveBuilder, width: int = 78, view: View | None = None) -> list[str]:
    """All lines of the log, without the spaces at their ends."""
    columns = columns_for(width)
    drawn = []
    for listed in list_rows(live.state, scene(live), view or View(untimed=not columns.time)):
        told = row_of(listed, scene(live))
        drawn.append(compose(told, columns))
        if told.below:
            drawn.append(compose_below(told, columns))
    return ["".join(span.text for span in spans).rstrip() for spans in drawn]


def text(row: Row, width: int = 78) -> str:
    """One row as it is drawn, with runs of spaces as one."""
    return " ".join("".join(span.text for span in compose(row, columns_for(width))).split())
