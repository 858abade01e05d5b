"""The status bar: what the agent does, how full its context is, what it cost."""

from __future__ import annotations

from tui_monitor.tui.header.lines import StatusView, header_lines
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
