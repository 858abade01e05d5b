"""A row of the activity log as it is told, before a width decides how much of it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.tui.rows.outcome import Outcome
from tui_monitor.tui.rows.target import RowTarget
from tui_monitor.tui.spans import Span


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row: ``time`` as ``HH:MM:SS``, outcome and duration from the fullest form to the shortest, and the line
    ``below`` it, if any. Without a ``tool`` its place belongs to the target."""

    glyph: Span
    target: RowTarget
    tool: str = ""
    time: str = ""
    outcome: Outcome = ()
    duration: tuple[str, ...] = ()
    below: str = ""
    depth: int = 0
