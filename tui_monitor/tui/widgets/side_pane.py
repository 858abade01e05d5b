"""The small pane beside the log, which shows one pane of the registry at a time."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.getters import query_one
from textual.reactive import var

from tui_monitor.live.session import SessionState
from tui_monitor.tui.panes.registry import PANES, Pane
from tui_monitor.tui.widgets.span_text import SpanText


class SidePane(VerticalScroll):
    """Shows the session last passed to `update` in the current pane."""

    DEFAULT_CSS = """
    SidePane { scrollbar-size-vertical: 1; padding: 0 1; }
    """

    pane: var[Pane] = var(PANES[0], init=False)
    text = query_one(SpanText)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id)
        self._session: tuple[SessionState, int] | None = None

    def compose(self) -> ComposeResult:
        yield SpanText()

    def update(self, state: SessionState, now: int) -> None:
        """Show a session at a time (epoch ms)."""
        self._session = (state, now)
        self._draw()

    def watch_pane(self) -> None:
        """Show another pane."""
        self._draw()

    def on_resize(self) -> None:
        """Compose the lines for the new width."""
        self._draw()

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if self._session and width > 0:
            state, now = self._session
            self.text.show(self.pane.lines(state, width, now))
