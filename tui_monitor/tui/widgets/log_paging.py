"""Looking back beyond the log of the live state: which pages of the store are asked for, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from tui_monitor.feed.log_pages import LogPage, PageRequest, Way
from tui_monitor.live.log_pages import PlacedEntry
from tui_monitor.live.session import SessionState
from tui_monitor.merge.history import BEGINNING
from tui_monitor.tui.rows.filter import Filter
from tui_monitor.tui.rows.log_window import LogWindow
from tui_monitor.tui.rows.page_scopes import scope_of

PATIENCE_MS = 10_000
"""Time after which a page that did not come is asked for again."""


class _Asked(NamedTuple):
    request: PageRequest
    at: int
    then: Callable[[LogPage], None]


class LogPaging:
    """Asks for pages by ``send``, one at a time, and puts them into its ``window``."""

    def __init__(self, send: Callable[[PageRequest], None]) -> None:
        self._send = send
        self.window = LogWindow()
        self._asked: _Asked | None = None

    def restart(self) -> None:
        """Hold no page, and take none that was asked for."""
        self.window.clear()
        self._asked = None

    def is_waiting(self, now: int) -> bool:
        """Return True while a page is to come."""
        return self._asked is not None and now - self._asked.at < PATIENCE_MS

    def extend(
        self, state: SessionState, entry_filter: Filter, now: int, *, back: bool, then: Callable[[], None]
    ) -> None:
        """Add the page before the first entry, or after the last one."""
        place = self.window.top(state.log) if back else self.window.bottom
        counts = back and not self.window.has_pages and not entry_filter.terms
        request = self._matching(PageRequest(state.key, Way.BACK if back else Way.FORWARD, place), entry_filter)

        def add(page: LogPage) -> None:
            if back:
                self.window.prepend(page, state.log)
            else:
                self.window.append(page, state.log)
            then()

        self._ask(replace(request, counts=counts), now, add)

    def jump(
        self, state: SessionState, request: PageRequest, entry_filter: Filter, now: int, then: Callable[[LogPage], None]
    ) -> None:
        """Hold the page of a request alone."""

        def show(page: LogPage) -> None:
            self.window.show(page, state.log)
            then(page)

        self._ask(replace(self._matching(request, entry_filter), counts=not entry_filter.terms), now, show)

    def to_beginning(
        self, state: SessionState, entry_filter: Filter, now: int, then: Callable[[LogPage], None]
    ) -> None:
        """Hold the first page alone."""
        self.jump(state, PageRequest(state.key, Way.FORWARD, BEGINNING), entry_filter, now, then)

    def seek(
        self,
        request: PageRequest,
        now: int,
        found: Callable[[PlacedEntry | None], None],
        goes_on: Callable[[], bool],
    ) -> None:
        """Look for the first entry that a request is for, as far as it takes while ``goes_on`` returns True; ``found``
        gets it, None if there is none."""

        def look(page: LogPage) -> None:
            is_over = page.is_start if request.way is Way.BACK else page.is_end
            if page.entries or is_over:
                found(page.entries[0] if page.entries else None)
            elif goes_on():
                place = page.first if request.way is Way.BACK else page.last
                self._ask(replace(request, place=place), now, look)

        self._ask(request, now, look)

    def take(self, request: PageRequest, page: LogPage) -> None:
        """Take the page that was asked for last; others are too late."""
        asked = self._asked
        if asked and asked.request is request:
            self._asked = None
            asked.then(page)

    def forget(self) -> None:
        """Take no page that was asked for."""
        self._asked = None

    def _ask(self, request: PageRequest, now: int, then: Callable[[LogPage], None]) -> None:
        self._asked = _Asked(request, now, then)
        self._send(request)

    @staticmethod
    def _matching(request: PageRequest, entry_filter: Filter) -> PageRequest:
        if not entry_filter.terms:
            return request
        return replace(request, scope=scope_of(entry_filter), matches=entry_filter.matches)
