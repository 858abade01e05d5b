"""The activity log: the entries of a session as rows, following the newest unless a person looks back."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import tzinfo
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.reactive import var

from tui_monitor.events import ToolKind
from tui_monitor.live.entries import Call, Mark, MarkKind
from tui_monitor.live.session import SessionState
from tui_monitor.merge.history import END, LogPlace
from tui_monitor.tui.keys import LOG_KEYS
from tui_monitor.tui.rows.context import RowContext, row_context
from tui_monitor.tui.rows.filter import Filter, parse, problem_of, toggled
from tui_monitor.tui.rows.fold import ListingOptions, list_rows, listing_key
from tui_monitor.tui.rows.items import FoldState, LogItem, is_problem
from tui_monitor.tui.rows.listing import LogListing
from tui_monitor.tui.rows.page_scopes import is_sought
from tui_monitor.tui.rows.risks import RISKS
from tui_monitor.tui.rows.search import values_of
from tui_monitor.tui.spans import one_line
from tui_monitor.tui.widgets.log_messages import FilterChanged
from tui_monitor.tui.widgets.paged_log import PagedLog

HIT = "hit"
"""What is sought while something is searched for."""


def _is_mark(kind: MarkKind) -> Callable[[LogItem], bool]:
    return lambda item: isinstance(item.entry, Mark) and item.entry.kind is kind


def _hides_failures(item: LogItem) -> bool:
    """Return True for an agent whose calls are not listed, if one of them failed."""
    return item.fold is FoldState.FOLDED and item.failed > 0


_SEEKABLE: Mapping[str, Callable[[LogItem], bool]] = {
    "problem": lambda item: any(map(is_problem, item.entries)) or _hides_failures(item),
    "prompt": _is_mark(MarkKind.PROMPT),
    "compaction": _is_mark(MarkKind.COMPACTED),
}
_NAMES = {"problem": "failure", "prompt": "prompt", "compaction": "compaction", HIT: "match"}

NEWEST = (60, 120, 240, 480, 960, None)
"""Numbers of newest entries to list while following, the first that fills the screen: listing all entries at every
change would cost as much as drawing."""
LAST = len(NEWEST) - 1


class ToolLog(PagedLog):
    """Shows the log of the session last passed to `update_from`. Times of day are in ``tz`` (None: local)."""

    BINDINGS: ClassVar[list[BindingType]] = [*LOG_KEYS]

    filter_text: var[str] = var("", init=False)
    """The filter, in the language of `rows.filter`; empty for all entries."""
    find_text: var[str] = var("", init=False)
    """What is searched for, in the same language; empty for nothing."""
    note: var[str] = var("", init=False)
    """What became of the last search, until something else is done."""
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

    def relist(self) -> None:
        """List the entries again."""
        if self._state is None:
            return
        context = row_context(self._state, self._now, self._tz, self.risks)
        options = ListingOptions(
            self._parsed(self.filter_text), self.folding, self._unfolded, not self.columns.time, self.words
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
        return self._parsed(self.filter_text)

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
        rows = list_rows(self._state, context, ListingOptions(self._parsed(text)), window=window)
        return sum(isinstance(row, LogItem) for row in rows)

    def values(self) -> Mapping[str, Sequence[str]]:
        """Return the values that fields of a filter can have here."""
        return values_of(self._state) if self._state else {}

    def _parsed(self, text: str) -> Filter:
        agents = self._state.agents.values() if self._state else ()
        return parse(text, {agent.id: f"{agent.type} {agent.description}" for agent in agents})

    def watch_find_text(self) -> None:
        """Mark what is found, and go to the nearest match."""
        self.find = self._parsed(self.find_text)
        self.note = ""
        if self.find_text and not (self.selected and self._is_sought(self.selected)):
            self.action_seek(HIT, -1)
        self.refresh_bindings()

    def _is_sought(self, item: LogItem) -> bool:
        return any(map(self.find.matches, item.entries))

    def on_key(self, event: events.Key) -> None:
        """Forget what became of the last search, and look no further."""
        self.note = ""

    def action_seek(self, kind: str, by: int) -> None:
        """Select the next row forward (1) or back (-1) of this kind; back, while the log follows."""
        by = -1 if self.following else by
        matches = self._is_sought if kind == HIT else _SEEKABLE[kind]
        if not self._seek(by, matches, centred=True):
            self._seek_beyond(kind, by)
        elif kind == "problem" and self.selected and _hides_failures(self.selected):
            self._enter_agent(self.selected, by, matches)

    def _seek_beyond(self, kind: str, by: int) -> None:
        """Look for a row in the rest of the session; say so while it takes, and if there is none."""
        where = f"{_NAMES[kind]} {'above' if by < 0 else 'below'}"
        matches = self.find.matches if kind == HIT else is_sought(kind)

        def end(is_found: bool) -> None:
            self.note = "" if is_found else f"no {where}"

        self.note = looking = f"looking for a {where} …"
        if not self.seek_beyond(kind, matches, by, goes_on=lambda: self.note == looking, end=end):
            end(is_found=False)

    def _enter_agent(self, item: LogItem, by: int, matches: Callable[[LogItem], bool]) -> None:
        """Show the calls of an agent, and select the first of them that matches, or going back the last; going forward
        the agent itself comes first."""
        self._set_unfolded(item, True)
        listing, index = self._cursor.listing, self._cursor.index
        if index is None or (by > 0 and any(map(is_problem, item.entries))):
            return
        after = listing.step(index, 1, lambda below: below.depth <= item.depth)
        begin = index if by > 0 else len(listing.rows) if after is None else after
        target = listing.step(begin, by, matches)
        if target is None:
            return
        self.select(target, centred=True)
        if self.selected and _hides_failures(self.selected):
            self._enter_agent(self.selected, by, matches)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Have one of two actions that share a key: the next match while something is searched for, else failure."""
        if action == "seek" and parameters[0] in (HIT, "problem"):
            return bool(self.find_text) is (parameters[0] == HIT)
        return super().check_action(action, parameters)

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
            self._set_unfolded(item, item.fold is FoldState.FOLDED)
        else:
            super().action_open()

    def action_unfold(self) -> None:
        """Show the rows under the selected one."""
        if not self.selected or self.selected.fold is not FoldState.FOLDED:
            raise SkipAction
        self._set_unfolded(self.selected, True)

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
        self._set_unfolded(item, False)

    def _set_unfolded(self, item: LogItem, unfolded: bool) -> None:
        calls = {entry.id for entry in item.entries if isinstance(entry, Call)}
        self._unfolded = self._unfolded | calls if unfolded else self._unfolded - calls
        self.relist()
