"""The status bar: what the agent does, how full its context is, what it cost."""

from __future__ import annotations

from tui_monitor.tui.header.lines import View, header_lines
from tui_monitor.tui.widgets.span_text import SpanText


class StatusBar(SpanText):
    """As many lines as its width has room for."""

    DEFAULT_CSS = """
    StatusBar { background: $panel; color: $foreground; }
    """

    _view: View | None = None

    def tell(self, view: View) -> None:
        """Tell of a session at a time."""
        self._view = view
        if self.size.width:
            self.show(header_lines(view, self.size.width))

    def on_resize(self) -> None:
        """Compose anew for another width."""
        if self._view:
            self.show(header_lines(self._view, self.size.width))
