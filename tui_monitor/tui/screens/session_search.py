"""Opens the search over all sessions over the monitor screen, and goes to what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from textual.screen import Screen

from tui_monitor.live.session import SessionState
from tui_monitor.search.hits import SearchAnswer, SearchHit
from tui_monitor.tui.screens.model import MonitorModel
from tui_monitor.tui.screens.session_view import SessionView

if TYPE_CHECKING:
    from tui_monitor.tui.screens.search import SearchScreen


class SessionSearch:
    """The search over ``screen``; ``show_chosen`` is called once the session of a hit is displayed."""

    def __init__(self, screen: Screen[None], tz: tzinfo | None, show_chosen: Callable[[], None]) -> None:
        self._screen, self._tz, self._show_chosen = screen, tz, show_chosen
        self._search: SearchScreen | None = None
        self._destination: SearchHit | None = None

    def open(self, model: MonitorModel) -> None:
        """Let a person search."""
        from tui_monitor.tui.screens.search import SearchScreen

        def close(hit: SearchHit | None) -> None:
            self._search = None
            if hit:
                self._destination = hit
                model.choose(hit.session, Path(hit.path) if hit.path else None, is_stored=True)
                self._show_chosen()

        self._search = SearchScreen(model.request_search, model.now, self._tz)
        self._screen.app.push_screen(self._search, close)

    def show(self, answers: Iterable[SearchAnswer]) -> None:
        """Show answers of the store."""
        for answer in answers:
            if self._search and self._search.is_mounted and self._search.is_attached:
                self._search.show_answer(answer)

    def arrive(self, state: SessionState, view: SessionView) -> None:
        """Select the row of the chosen hit as soon as the log of its session has it."""
        hit = self._destination
        if hit is None or hit.session != state.key:
            return
        is_there = view.go_to(hit.at, hit.call.id if hit.call else "")
        if is_there or state.totals_loaded:  # they come after the log
            self._destination = None
        if not is_there and state.totals_loaded:
            view.notify("The log does not reach back to that time.")
