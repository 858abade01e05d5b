"""The small pane beside the log: files, models or agents, one at a time."""

from __future__ import annotations

from enum import StrEnum

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.getters import query_one
from textual.reactive import var

from tui_monitor.live.session import SessionState
from tui_monitor.tui.panes.agents import agents_lines
from tui_monitor.tui.panes.files import files_lines
from tui_monitor.tui.panes.models import models_lines
from tui_monitor.tui.spans import Spans
from tui_monitor.tui.widgets.span_text import SpanText


class PaneTopic(StrEnum):
    """What the pane is about."""

    FILES = "Files changed"
    MODELS = "Models"
    AGENTS = "Agents"


class SidePane(VerticalScroll):
    """Shows what `update` was last given, on its topic."""

    DEFAULT_CSS = """
    SidePane { scrollbar-size-vertical: 1; padding: 0 1; }
    """

    topic: var[PaneTopic] = var(PaneTopic.FILES, init=False)
    text = query_one(SpanText)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id)
        self._told: tuple[SessionState, int] | None = None

    def compose(self) -> ComposeResult:
        yield SpanText()

    def update(self, state: SessionState, now: int) -> None:
        """Tell of a session at a time."""
        self._told = (state, now)
        self._show()

    def watch_topic(self) -> None:
        """Tell of something else."""
        self._show()

    def on_resize(self) -> None:
        """Compose anew for another size."""
        self._show()

    def _show(self) -> None:
        width = self.scrollable_content_region.width
        if self._told and width > 0:
            self.text.show(self._lines(*self._told, width))

    def _lines(self, state: SessionState, now: int, width: int) -> list[Spans]:
        match self.topic:
            case PaneTopic.FILES:
                return files_lines(state, width, 200)
            case PaneTopic.MODELS:
                return models_lines(state, width)
            case PaneTopic.AGENTS:
                return agents_lines(state, width, 200, now)
