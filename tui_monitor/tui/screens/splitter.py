"""The edge between the log and the panes beside or below it, moved by keys and by the mouse."""

from __future__ import annotations

from collections.abc import Callable

from textual.geometry import Region
from textual.widget import Widget

from tui_monitor.tui.app_context import LOG_SHARE

LEAST, MOST, STEP = 25, 80, 5
"""The smallest and the largest share of the log, and by how much a key changes it, in percent."""

LESS_HIGH = 10
"""Percent that the first pane has less where panes stand one below the other."""


class Splitter:
    """Divides the room of two panes, side by side or one below the other. ``keep`` gets what a person has chosen."""

    def __init__(self, first: Widget, second: Widget, share: int, keep: Callable[[int], None]) -> None:
        self._panes = first, second
        self._share, self._keep = share, keep
        self._is_stacked = False
        self.is_dragged = False

    def lay_out(self, stacked: bool) -> None:
        """Divide the height (``stacked``) or the width."""
        self._is_stacked = stacked
        first = max(LEAST, self._share - LESS_HIGH) if stacked else self._share
        for pane, share in zip(self._panes, (first, 100 - first), strict=True):
            pane.styles.width = "1fr" if stacked else f"{share}fr"
            pane.styles.height = f"{share}fr" if stacked else "1fr"

    def step(self, by: int) -> None:
        """Make the first pane larger (1) or smaller (-1), or give it its usual share (0)."""
        self._set(self._share + by * STEP if by else LOG_SHARE)
        self._keep(self._share)

    def _set(self, share: int) -> None:
        self._share = max(LEAST, min(MOST, share))
        self.lay_out(self._is_stacked)

    def is_edge(self, x: int, y: int) -> bool:
        """Return True if a position on the screen is on the edge between the panes."""
        first, second = (pane.region for pane in self._panes)
        if not all(pane.display for pane in self._panes):
            return False
        if self._is_stacked:
            return y in (first.bottom - 1, second.y)
        return x in (first.right - 1, second.x) and y in first.line_range

    def drag_to(self, x: int, y: int) -> None:
        """Move the edge to a position on the screen."""
        room = Region.from_union([pane.region for pane in self._panes])
        if self._is_stacked:
            self._set(round(100 * (y - room.y) / room.height) + LESS_HIGH)
        else:
            self._set(round(100 * (x - room.x) / room.width))

    def drop(self) -> None:
        """End a drag, and keep the share."""
        self.is_dragged = False
        self._keep(self._share)
