"""A few lines of spans, drawn again only when they say something else."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widgets import Static

from tui_monitor.tui.rows.cells import Spans
from tui_monitor.tui.tones import content_of


class SpanText(Static):
    """Shows lines that were composed for its width."""

    DEFAULT_CSS = """
    SpanText { width: 1fr; height: auto; text-wrap: nowrap; text-overflow: clip; }
    """

    _lines: tuple[Spans, ...] = ()

    def show(self, lines: Sequence[Spans]) -> None:
        """Show these lines, one below the other."""
        new = tuple(lines)
        if new != self._lines:
            same_height = len(new) == len(self._lines)
            self._lines = new
            self.update(content_of(new), layout=not same_height)
