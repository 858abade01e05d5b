"""What the monitor screen shows until there is a session."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container
from textual.getters import query_one

from tui_monitor.tui.app_context import AppContext
from tui_monitor.tui.screens.model import MonitorModel
from tui_monitor.tui.widgets.empty import EmptyCard, SearchReport

CARD_EDGE = 8
"""Columns of the frame around the card."""


class EmptyView(Container):
    """The card in the middle, and what is known of the search for sessions on it."""

    card = query_one(EmptyCard)

    def __init__(self, app_context: AppContext) -> None:
        super().__init__(id="nothing")
        self._app_context = app_context

    def compose(self) -> ComposeResult:
        with Container(id="card"):
            yield EmptyCard()

    def update(self, model: MonitorModel) -> None:
        """Show what the search has found so far, in the room that the screen has now."""
        feed_status, context = model.feed_status, self._app_context
        notes = feed_status.notes or tuple(feed_status.faults.values())
        report = SearchReport(
            context.home,
            feed_status.search_ended and not feed_status.here,
            feed_status.roots,
            notes,
            context.open_demo is not None,
            model.has_only_others,
            feed_status.progress is not None and feed_status.catching_up,
        )
        width, height = self.app.size
        self.card.update(report, width - CARD_EDGE, height)
