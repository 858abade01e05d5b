"""A log that goes back to the first entry of its session, page by page."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from datetime import tzinfo

from textual.scrollbar import ScrollTo

from tui_monitor.feed.log_pages import LogPage, PageRequest, Way
from tui_monitor.live.entries import Call, Entry
from tui_monitor.live.log_pages import PlacedEntry
from tui_monitor.live.session import SessionState
from tui_monitor.merge.history import LogPlace
from tui_monitor.tui.rows.filter import Filter
from tui_monitor.tui.rows.items import LogItem
from tui_monitor.tui.rows.page_scopes import SCOPES, scope_of
from tui_monitor.tui.widgets.log_lines import LogPosition
from tui_monitor.tui.widgets.log_messages import PageRequested
from tui_monitor.tui.widgets.log_paging import LogPaging
from tui_monitor.tui.widgets.log_view import LogView


class PagedLog(LogView):
    """Asks for pages of the store where a person looks beyond the log of the live state, or seeks there."""

    def __init__(self, tz: tzinfo | None = None, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id)
        self._tz = tz
        self._state: SessionState | None = None
        self._now = 0
        self._paging = LogPaging(self._send_request)
        self._dragged_to: int | None = None
        """The number of the call that a page is asked for, as the handle of the scroll bar is there."""
        self._is_arriving = False

    def _send_request(self, request: PageRequest) -> None:
        self.post_message(PageRequested(self, request))

    @abstractmethod
    def relist(self) -> None:
        """List the entries again."""

    @property
    @abstractmethod
    def listing_filter(self) -> Filter:
        """The filter of the entries."""

    @property
    @abstractmethod
    def lists_all(self) -> bool:
        """True if all entries are listed, not only the newest."""

    def show_page(self, request: PageRequest, page: LogPage) -> None:
        """Show a page that was asked for."""
        self._paging.take(request, page)

    @property
    def has_older(self) -> bool:
        """True if the session has calls before those that are listed."""
        window = self._paging.window
        if self._state is None or window.starts:
            return False
        return window.has_pages or bool(window.older_calls(self._state))

    def follow(self) -> None:
        """Follow the newest row from now on."""
        if self._paging.window.has_pages and not self.listing_filter.terms:
            self._paging.restart()
            self._cursor.following = True
            self.relist()
        super().follow()

    def _update(self) -> None:
        super()._update()
        self._fetch()
        self._place_bar()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Place the handle of the scroll bar among all calls of the session."""
        super().watch_scroll_y(old_value, new_value)
        self._place_bar()

    def _place_bar(self) -> None:
        """Let the scroll bar stand for the whole session: a line for each call that is not listed."""
        state = self._state
        if state is None or self.following or not (self.has_older or self._paging.window.has_pages):
            return
        above, height = self._lines_above(), self._cursor.listing.height
        is_live = self._paging.window.is_live
        below = 0 if is_live else max(0, state.totals.calls - above - self._calls_listed())
        self.vertical_scrollbar.window_virtual_size = above + height + below
        self.vertical_scrollbar.position = above + self.scroll_y

    def _lines_above(self) -> int:
        """Return how many lines stand for the calls before the first row."""
        return (self._state and self._paging.window.older_calls(self._state)) or 0

    def on_scroll_to(self, event: ScrollTo) -> None:
        """Scroll to the dragged position, which may be on another page."""
        event.stop()
        event.prevent_default()
        line, above, height = round(event.y or 0), self._lines_above(), self._cursor.listing.height
        if 0 <= line - above < height:
            self._look_back_to(line - above)
        elif self._state:
            number = line if line < above else line - height + self._calls_listed()
            was_dragged, self._dragged_to = self._dragged_to, max(0, min(number, self._state.totals.calls - 1))
            if was_dragged is None:
                self.look_back()
                self._show_number(self._dragged_to)

    def _show_number(self, number: int) -> None:
        """Show what is around the call with so many before it, then around the one to which the handle has moved on."""

        def show(page: LogPage) -> None:
            calls = [placed.entry for placed in page.entries if isinstance(placed.entry, Call)]
            place = number - page.calls_before if page.calls_before is not None else len(calls) // 2
            self._arrive(calls[max(0, min(place, len(calls) - 1))] if calls else None)
            wanted, self._dragged_to = self._dragged_to, None
            if wanted is not None and wanted != number:
                self._dragged_to = wanted
                self._show_number(wanted)

        if self._state:
            request = PageRequest(self._state.key, Way.AROUND, many=number)
            self._paging.jump(self._state, request, self.listing_filter, self._now, show)

    def _calls_listed(self) -> int:
        listed = self._paging.window.listed(self._state).entries if self._state else ()
        return sum(isinstance(entry, Call) for entry in listed)

    def _fetch(self) -> None:
        """Ask for the page beyond an edge that is near."""
        state, window = self._state, self._paging.window
        if state is None or not self.lists_all or self._paging.is_waiting(self._now) or not self.size.height:
            return
        if self._is_arriving:  # it is not scrolled to its place yet
            return
        top, height = self.scroll_offset.y, self.size.height
        if self.has_older and top < height:
            self._paging.extend(state, self.listing_filter, self._now, back=True, then=self.relist)
        elif not window.is_live and top + 2 * height > self._cursor.listing.height:
            self._paging.extend(state, self.listing_filter, self._now, back=False, then=self.relist)

    def _position(self) -> LogPosition | None:
        """Return the position among all calls of the session, as soon as those before the first row are counted."""
        position, state, window = super()._position(), self._state, self._paging.window
        before = window.calls_before
        if position is None or state is None or before is None or self.selected is None:
            return position._replace(is_partial=self.has_older) if position else None
        number = before
        for entry in window.listed(state).entries:
            number += isinstance(entry, Call)
            if entry is self.selected.entry:
                break
        total = max(number, state.totals.calls)
        return LogPosition(max(1, number), total, position.top_at)

    def action_oldest(self) -> None:
        """Go to the oldest row of the session."""
        if self._state and self.has_older:
            self.look_back()
            self._paging.to_beginning(self._state, self.listing_filter, self._now, lambda page: self._arrive(None))
        else:
            super().action_oldest()

    def go_to(self, place: LogPlace, call: str = "") -> None:
        """Show what is around a call, or a place, of the store."""
        if self._state:
            self.look_back()
            request = PageRequest(self._state.key, Way.AROUND, place, call)

            def arrive(page: LogPage) -> None:
                calls = (each.entry for each in page.entries if isinstance(each.entry, Call))
                entry = next((each for each in calls if each.id == call), None) if call else None
                after = (each.entry for each in page.entries if each.place >= place)
                self._arrive(entry or next(after, None))

            self._paging.jump(self._state, request, self.listing_filter, self._now, arrive)

    def _arrive(self, entry: Entry | None) -> None:
        """List the new page, and select the row of an entry, or the first one."""
        self._is_arriving = True
        self.relist()
        self._is_arriving = False
        listing = self._cursor.listing
        self.select(listing.find(LogItem((entry,))) if entry else listing.first(), centred=entry is not None)

    def seek_beyond(
        self,
        kind: str,
        matches: Callable[[Entry], bool],
        by: int,
        *,
        goes_on: Callable[[], bool],
        end: Callable[[bool], None],
    ) -> bool:
        """Look for the next entry of a kind before (-1) or after (1) those that are held, while ``goes_on`` returns
        True; go there, and call ``end`` with whether there is one. Return False if there is nothing to look at."""
        state, window, listing_filter = self._state, self._paging.window, self.listing_filter
        if state is None or not (self.has_older if by < 0 else not window.is_live):
            return False

        def found(placed: PlacedEntry | None) -> None:
            end(placed is not None)
            if placed:
                self.go_to(placed.place)

        way, place = (Way.BACK, window.top(state.log)) if by < 0 else (Way.FORWARD, window.bottom)
        scope = SCOPES.get(kind) or scope_of(self.find)
        request = PageRequest(
            state.key,
            way,
            place,
            count=1,
            scope=scope,
            matches=lambda entry: matches(entry) and listing_filter.matches(entry),
        )
        self._paging.seek(request, self._now, found, goes_on)
        return True
