"""The part of a session's log that is listed: pages of the store, and the log of the live state where they reach it.

However long the session is, a few pages are held: those at the far side are dropped when others come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import tzinfo

from tui_monitor.feed.log_pages import LogPage
from tui_monitor.live.entries import Call, Entry
from tui_monitor.live.log import CallLog
from tui_monitor.live.session import SessionState
from tui_monitor.merge.history import END, LogPlace
from tui_monitor.store import PruningKind
from tui_monitor.tui.rows.items import Listed, LogEdge, OlderCalls
from tui_monitor.tui.spans import one_line
from tui_monitor.units import to_datetime

MAX_ENTRIES = 1200
"""Entries of pages that are held."""
FEW = 50
"""Calls that the store may be ahead of a log that has all: these are on their way."""
_LAST = 2**62


@dataclass(frozen=True, slots=True)
class ListedEntries:
    """Finished entries to list in place of those of the live log. ``get`` returns a call among them by its id;
    ``is_live``: they go on with what runs now."""

    entries: list[Entry]
    get: Callable[[str], Call | None]
    is_live: bool = True


class LogWindow:
    """The pages, in their order. While it ``is_live`` the log of the live state follows the last one."""

    def __init__(self) -> None:
        self._pages: list[LogPage] = []
        self._evicted = 0
        """How many entries the live log had evicted when the pages met it."""
        self.calls_before: int | None = None
        """Calls of the session before the first page, if they were counted."""
        self.is_live = True
        self.version = 0

    @property
    def has_pages(self) -> bool:
        """False if there is nothing but the live log."""
        return bool(self._pages)

    @property
    def starts(self) -> bool:
        """True if the store has nothing before the first page."""
        return bool(self._pages) and self._pages[0].is_start

    def older_calls(self, state: SessionState) -> int | None:
        """Return how many calls are before what is listed, 0 if nothing is, None if that is not counted."""
        if self._pages:
            return 0 if self.starts else self.calls_before
        number = state.totals.calls - sum(1 for _ in state.log.calls())
        return number if number > (0 if state.log.is_full else FEW) else 0

    def edges(self, state: SessionState, tz: tzinfo | None) -> tuple[list[Listed], list[Listed]]:
        """Return the rows before the first one, and after the last one."""
        number = self.older_calls(state)
        if number:
            above: list[Listed] = [OlderCalls(number)]
        elif number is None:
            above = [LogEdge("…")]
        else:
            above = [LogEdge(text) for text in self._beginning(tz)]
        return above, [] if self.is_live else [LogEdge("…")]

    def _beginning(self, tz: tzinfo | None) -> Iterable[str]:
        """Yield what there is before the first row: what is no longer kept, and why."""
        if not self.starts:
            return
        for pruning in self._pages[0].prunings:
            what = "calls" if pruning.kind is PruningKind.ROWS else "outputs and diffs"
            when = to_datetime(pruning.until, tz)
            until = f"{when:%Y-%m-%d}" if when else "then"
            archive = f", archived in {one_line(pruning.archive)}" if pruning.archive else ""
            yield f"{what} until {until} are not kept: {one_line(pruning.reason)}{archive}"
        yield "beginning of the session"

    def top(self, log: CallLog) -> LogPlace:
        """Return the place before which the next page is asked for."""
        if self._pages:
            return self._pages[0].first
        tail = _without_older_marks(log.entries)
        return LogPlace(tail[0].at, _LAST) if tail else END

    @property
    def bottom(self) -> LogPlace:
        """The place after which the next page is asked for, unless it ``is_live``."""
        return self._pages[-1].last

    def clear(self) -> None:
        """Hold nothing but the live log."""
        self._pages, self.is_live, self.calls_before = [], True, None
        self.version += 1

    def show(self, page: LogPage, log: CallLog) -> None:
        """Hold this page alone."""
        self._pages, self.is_live, self.calls_before = [page], False, page.calls_before
        self._meet(page, log)
        self.version += 1

    def prepend(self, page: LogPage, log: CallLog) -> None:
        """Add the page before the first one; the live log is left when there are too many."""
        if not self._pages:
            self._evicted = log.evicted_entries
        if page.calls_before is not None:
            self.calls_before = page.calls_before
        elif self.calls_before is not None:
            self.calls_before = max(0, self.calls_before - _calls(page))
        if self._pages and not page.entries:  # nothing matched as far as was looked
            first = self._pages[0]
            self._pages[0] = replace(first, first=page.first, is_start=page.is_start, prunings=page.prunings)
        else:
            self._pages.insert(0, page)
        while self._holds_too_much():
            self.is_live = False
            del self._pages[-1]
        self.version += 1

    def append(self, page: LogPage, log: CallLog) -> None:
        """Add the page after the last one; the first ones are dropped when there are too many."""
        if page.entries:
            self._pages.append(page)
        else:
            self._pages[-1] = replace(self._pages[-1], last=page.last, is_end=page.is_end)
        self._meet(page, log)
        while self._holds_too_much():
            dropped = self._pages.pop(0)
            if self.calls_before is not None:
                self.calls_before += _calls(dropped)
        self.version += 1

    def follow_evictions(self, log: CallLog, *, looks_at_pages: bool) -> None:
        """Leave no gap where the live log has evicted entries meanwhile: drop what the person does not look at."""
        if not self._pages or not self.is_live or log.evicted_entries == self._evicted:
            return
        if looks_at_pages:
            self.is_live = False
            self.version += 1
        else:
            self.clear()

    def listed(self, state: SessionState) -> ListedEntries:
        """Return the entries to list, those that are open now left to the live log."""
        log = state.log
        if not self._pages:
            entries = _without_older_marks(log.entries) if self.older_calls(state) else log.entries
            return ListedEntries(entries, log.get)
        tail = _without_older_marks(log.entries)
        held = {call.id for call in (log.calls() if self.is_live else log.open)}
        marks = {entry for entry in tail if not isinstance(entry, Call)} if self.is_live else set[Entry]()
        paged = [
            entry
            for entry in self._entries()
            if (entry.id not in held if isinstance(entry, Call) else entry not in marks)
        ]
        calls = {entry.id: entry for entry in paged if isinstance(entry, Call)}
        if not self.is_live:
            return ListedEntries(paged, calls.get, is_live=False)
        return ListedEntries([*paged, *tail], lambda call: calls.get(call) or log.get(call))

    def holds(self, entry: Entry) -> bool:
        """Return True if an entry is on a page."""
        return any(entry is each for each in self._entries())

    def calls_until(self, entry: Entry) -> int:
        """Return how many calls of the pages are before an entry, or all of them."""
        count = 0
        for each in self._entries():
            if each is entry:
                break
            count += isinstance(each, Call)
        return count

    def _holds_too_much(self) -> bool:
        return len(self._pages) > 1 and sum(len(page.entries) for page in self._pages) > MAX_ENTRIES

    def _entries(self) -> Iterable[Entry]:
        return (placed.entry for page in self._pages for placed in page.entries)

    def _meet(self, page: LogPage, log: CallLog) -> None:
        """Go on with the live log if the page reaches it."""
        tail = _without_older_marks(log.entries)
        if page.is_end or (tail and page.last.at > tail[0].at):
            self.is_live, self._evicted = True, log.evicted_entries


def _calls(page: LogPage) -> int:
    return sum(isinstance(placed.entry, Call) for placed in page.entries)


def _without_older_marks(entries: list[Entry]) -> list[Entry]:
    """Return the entries from the first call on: a log that was loaded has marks from before its calls."""
    first = next((number for number, entry in enumerate(entries) if isinstance(entry, Call)), 0)
    return entries[first:]
