"""The status bar at the top of the screen, and the summary at its foot."""

from __future__ import annotations

from tui_monitor.live.session import SessionState
from tui_monitor.tui.header.lines import header_lines
from tui_monitor.tui.header.view import StatusView
from tui_monitor.tui.panes.summary import agents_line, breakdown_line
from tui_monitor.tui.spans import Spans
from tui_monitor.tui.widgets.span_text import SpanText

LOW = 16
"""Lines of a screen below which only the essential lines are shown."""


class StatusBar(SpanText):
    """Status of the session, in as many lines as the size allows."""

    DEFAULT_CSS = """
    StatusBar { background: $panel; color: $foreground; }
    """

    _view: StatusView | None = None

    def update(self, view: StatusView) -> None:
        """Show a session at a time."""
        self._view = view
        self._draw()

    def on_resize(self) -> None:
        """Compose the lines for the new width."""
        self._draw()

    def _draw(self) -> None:
        """Compose the lines; before the first layout the bar is as wide as the screen."""
        if self._view:
            low = self.app.size.height < LOW
            self.show(header_lines(self._view, self.size.width or self.app.size.width, low))


class SummaryBar(SpanText):
    """Agents and models, the content of the context, and the health of the sources, in two lines."""

    _session: tuple[SessionState, Spans] | None = None

    def update(self, state: SessionState, health: Spans) -> None:
        """Show a session."""
        self._session = (state, health)
        self._draw()

    def on_resize(self) -> None:
        """Compose the lines for the new width."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        if self._session and width:
            state, health = self._session
            self.show([agents_line(state, width), breakdown_line(state, width, health)])
