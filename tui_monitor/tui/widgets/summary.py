"""Two lines at the foot of a screen that has room for them."""

from __future__ import annotations

from tui_monitor.live.session import SessionState
from tui_monitor.tui.panes.summary import agents_line, fills_line
from tui_monitor.tui.spans import Spans
from tui_monitor.tui.widgets.span_text import SpanText


class SummaryBar(SpanText):
    """Agents and models, and what fills the context; at its end the health of the sources."""

    _told: tuple[SessionState, Spans] | None = None

    def update(self, state: SessionState, health: Spans) -> None:
        """Tell of a session."""
        self._told = (state, health)
        self._compose_lines()

    def on_resize(self) -> None:
        """Compose anew for another width."""
        self._compose_lines()

    def _compose_lines(self) -> None:
        width = self.size.width
        if self._told and width:
            state, health = self._told
            self.show([agents_line(state, width), fills_line(state, width, health)])
