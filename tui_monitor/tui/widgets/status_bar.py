"""The status bar at the top of the screen, and the summary at its foot."""

from __future__ import annotations

from tui_monitor.live.session import SessionState
from tui_monitor.tui.header.lines import StatusView, header_lines
from tui_monitor.tui.panes.summary import agents_line, fills_line
from tui_monitor.tui.spans import Spans
from tui_monitor.tui.widgets.span_text import SpanText

LOW = 16
"""A screen of fewer lines than this has none to spare for what is only good to know."""


class StatusBar(SpanText):
    """As many lines as its width has room for."""

    DEFAULT_CSS = """
    StatusBar { background: $panel; color: $foreground; }
    """

    _view: StatusView | None = None

    def update(self, view: StatusView) -> None:
        """Tell of a session at a time."""
        self._view = view
        self._compose_lines()

    def on_resize(self) -> None:
        """Compose anew for another width."""
        self._compose_lines()

    def _compose_lines(self) -> None:
        """It is as wide as the screen, also before it has been laid out."""
        if self._view:
            low = self.app.size.height < LOW
            self.show(header_lines(self._view, self.size.width or self.app.size.width, low))


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
