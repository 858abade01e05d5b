"""The activity log: the entries of a session as rows, following the newest unless a person looks back."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import tzinfo
from typing import ClassVar

from textual.actions import SkipAction
from textual.binding import BindingType
from textual.reactive import var

from tui_monitor.events import ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.live.session import SessionState
from tui_monitor.merge.history import END, LogPlace
from tui_monitor.tui.keys import LOG_KEYS
from tui_monitor.tui.rows.context import RowContext, row_context
from tui_monitor.tui.rows.filter import Filter, parse, problem_of, toggled
from tui_monitor.tui.rows.fold import ListingOptions, list_rows, listing_key
from tui_monitor.tui.rows.items import FoldState, LogItem
from tui_monitor.tui.rows.listing import LogListing
from tui_monitor.tui.rows.risks import RISKS
from tui_monitor.tui.rows.search import values_of
from tui_monitor.tui.spans import one_line
from tui_monitor.tui.widgets.log_messages import FilterChanged
from tui_monitor.tui.widgets.seeking_log import SeekingLog

NEWEST = (60, 120, 240, 480, 960, None)
"""Numbers of newest entries to list while following, the first that fills the screen: listing all entries at every
change would cost as much as drawing."""
LAST = len(NEWEST) - 1


class ToolLog(SeekingLog):
    """Shows the log of the session last passed to `update_from`. Times of day are in ``tz`` (None: local)."""

    BINDINGS: ClassVar[list[BindingType]] = [*LOG_KEYS]

    filter_text: var[str] = var("", init=False)
    """The filter, in the language of `rows.filter`; empty for all entries."""
    folding: var[bool] = var(True, init=False)
    """True if runs of look-ups and of edits are one row each."""
    words: var[bool] = var(False, init=False)
    """True if all that the agent said is listed, not only the last words of each turn."""

    def __init__(self, tz: tzinfo | None = None, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(tz, id=id)
        self.risks = RISKS
        """The commands to mark."""
        self._unfolded: frozenset[str] = frozenset()
        self._listing_key: Hashable = None
        self._enough = 0
        self._lists_all = False

    def update_from(self, state: SessionState, now: int) -> None:
        """Show changes in ``state`` or of the time: ``now`` in epoch milliseconds."""
        if state is not self._state:
            self._state, self._unfolded, self._listing_key, self._enough = state, frozenset(), None, 0
            self._paging.restart()
            self.restart()
        self._now = now
        context = row_context(state, now, self._tz, self.risks)
        self._paging.window.follow_evictions(state.log, looks_at_pages=self._looks_at_pages())
        key = (listing_key(state, context), self._paging.window.version)
        if key == self._listing_key:
            self.show(self._cursor.listing, context)
        else:
            self._listing_key = key
            self.relist()

    def look_back(self) -> None:
        """Stop following, and list all entries, not only the newest."""
        if self.following:
            super().look_back()
            self.relist()

    def select_call(self, call: str) -> bool:
        """Select the row of a call, and stop following; return False if there is none."""
        self.look_back()
        index = self._cursor.listing.find_call(call)
        if index is None and self._state and self._unfold_agent_of(call):
            index = self._cursor.listing.find_call(call)
        self.select(index)
        if index is None and (self.has_older or not self._paging.window.is_live):
            self.go_to(END, call)
            return True
        return index is not None

    def _unfold_agent_of(self, call: str) -> bool:
        """Show the calls of the agent that made a call; return False if the call is not in the log."""
        held = self._state.log.get(call) if self._state else None
        agents = self._state.agents if self._state else {}
        agent = agents.get(held.agent) if held else None
        if agent is None or not agent.call:
            return False
        self._unfolded |= {agent.call}
        self.relist()
        return True

    def select_moment(self, at: int) -> bool:
        """Select the row at a time (epoch ms), and stop following; return False if there is none."""
        self.look_back()
        index = self._cursor.listing.find_moment(at)
        self.select(index)
        if index is None and (self.has_older or not self._paging.window.is_live):
            self.go_to(LogPlace(at, 0))
            return True
        return index is not None

    def select_time(self, at: int) -> None:
        """Select the first row since a time (epoch ms), else the last one, and stop following."""
        self.look_back()
        listing, window = self._cursor.listing, self._paging.window
        index = listing.first_since(at)
        is_before = index is not None and index == listing.first() and self.has_older
        if is_before or (index is None and not window.is_live):
            self.go_to(LogPlace(at, 0))
        else:
            self.select(listing.last() if index is None else index, centred=True)

    def relist(self) -> None:
        """List the entries again."""
        if self._state is None:
            return
        context = row_context(self._state, self._now, self._tz, self.risks)
        options = ListingOptions(
            self.parsed(self.filter_text), self.folding, self._unfolded, not self.columns.time, self.words
        )
        for size in range(self._enough if self.following else LAST, len(NEWEST)):
            listing = self._list(context, options, size)
            if size == LAST or listing.height > self.size.height:
                is_plenty = listing.height > 2 * self.size.height
                self._enough = size - 1 if size and is_plenty else size
                self._lists_all = size == LAST
                break
        self.show(listing, context)

    def _list(self, context: RowContext, options: ListingOptions, size: int) -> LogListing:
        assert self._state
        window, has_details = self._paging.window, bool(self.columns.tool)
        if size != LAST:
            return LogListing(list_rows(self._state, context, options, NEWEST[size]), has_details)
        above, below = window.edges(self._state, self._tz)
        rows = list_rows(self._state, context, options, window=window.listed(self._state))
        return LogListing([*above, *rows, *below], has_details)

    @property
    def listing_filter(self) -> Filter:
        """The filter of the entries."""
        return self.parsed(self.filter_text)

    @property
    def lists_all(self) -> bool:
        """True if all entries are listed, not only the newest."""
        return self._lists_all

    def _looks_at_pages(self) -> bool:
        """Return True if the first visible row is of a page."""
        listing, top = self._cursor.listing, self.scroll_offset.y
        index = None if top >= listing.height else listing.step(listing.at_line(top)[0] - 1, 1)
        item = None if index is None else listing.item(index)
        return bool(item and self._paging.window.holds(item.entry))

    def empty_text(self) -> str:
        """Return the text of an empty log."""
        if not self.filter_text:
            return self.empty
        nothing = f"nothing matches  {one_line(self.filter_text)}"
        return "\n".join(filter(None, [nothing, problem_of(self.filter_text), "Esc shows all rows again"]))

    def watch_filter_text(self) -> None:
        """List other entries."""
        self._paging.restart()
        self.relist()
        if not self._cursor.listing.height:
            self.refresh()

    def watch_folding(self) -> None:
        """Fold or unfold runs."""
        self.relist()

    def watch_words(self) -> None:
        """List all words of the agent, or only the last of each turn."""
        self.relist()

    def action_toggle_words(self) -> None:
        """List all words of the agent, or only the last of each turn."""
        self.words = not self.words

    def watch_columns(self) -> None:
        """List the rows that depend on the available columns."""
        self.relist()

    def newest_at(self) -> int:
        """Return the time of the newest entry (epoch ms), whether it is listed or not."""
        log = self._state.log if self._state else None
        return max((entry.at for entry in (*log.entries[-1:], *log.open)), default=0) if log else 0

    def matching(self, text: str) -> int:
        """Return the number of entries that match a filter."""
        if self._state is None or not text:
            return 0
        context = row_context(self._state, self._now, self._tz, self.risks)
        window = self._paging.window.listed(self._state)
        rows = list_rows(self._state, context, ListingOptions(self.parsed(text)), window=window)
        return sum(isinstance(row, LogItem) for row in rows)

    def values(self) -> Mapping[str, Sequence[str]]:
        """Return the values that fields of a filter can have here."""
        return values_of(self._state) if self._state else {}

    def parsed(self, text: str) -> Filter:
        """Return the filter that a text stands for in this session."""
        agents = self._state.agents.values() if self._state else ()
        return parse(text, {agent.id: f"{agent.type} {agent.description}" for agent in agents})

    def action_toggle_condition(self, condition: str) -> None:
        """Add ``condition`` to the filter, or remove it."""
        self.filter_text = toggled(self.filter_text, condition)
        self.post_message(FilterChanged(self, self.filter_text))

    def action_toggle_folding(self) -> None:
        """Fold or unfold all runs."""
        self.folding = not self.folding

    def action_open(self) -> None:
        """Request the details of the selected row; a run of look-ups unfolds instead."""
        item = self.selected
        if item and item.is_run and isinstance(item.entry, Call) and item.entry.kind is not ToolKind.EDIT:
            self.set_unfolded(item, item.fold is FoldState.FOLDED)
        else:
            super().action_open()

    def action_unfold(self) -> None:
        """Show the rows under the selected one."""
        if not self.selected or self.selected.fold is not FoldState.FOLDED:
            raise SkipAction
        self.set_unfolded(self.selected, True)

    def action_fold(self) -> None:
        """Hide the rows under the selected one, or under its parent."""
        item, index = self.selected, self._cursor.index
        if item and index is not None and item.fold is not FoldState.UNFOLDED:
            depth = item.depth
            index = self._cursor.listing.step(index, -1, lambda above: above.depth < depth)
            item = None if index is None else self._cursor.listing.item(index)
        if not item or item.fold is not FoldState.UNFOLDED:
            raise SkipAction
        self.select(index)
        self.set_unfolded(item, False)

    def set_unfolded(self, item: LogItem, unfolded: bool) -> None:
        """Show the rows under one, or hide them."""
        calls = {entry.id for entry in item.entries if isinstance(entry, Call)}
        self._unfolded = self._unfolded | calls if unfolded else self._unfolded - calls
        self.relist()
