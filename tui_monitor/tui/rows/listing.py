"""The listed rows of the log as lines, and the cursor that keeps its place among them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from tui_monitor.live.entries import Call
from tui_monitor.tui.rows.items import FoldState, Listed, LogItem, is_open
from tui_monitor.tui.rows.outcome import failure_reason


class LogListing:
    """An immutable sequence of rows. With ``details`` a row with the reason of a failure, or with
    what an agent does now, is two lines high. Only items
    can be selected; time gaps and the like are skipped."""

    def __init__(self, rows: Sequence[Listed] = (), details: bool = True) -> None:
        self.rows = rows
        self._starts = list(accumulate((_height(row, details) for row in rows), initial=0))

    @property
    def height(self) -> int:
        """Height in lines."""
        return self._starts[-1]

    def at_line(self, line: int) -> tuple[int, int]:
        """Return the index of the row at a line, and the line within that row."""
        index = bisect_right(self._starts, line) - 1
        return index, line - self._starts[index]

    def lines_of(self, index: int) -> range:
        """Return the lines of a row."""
        return range(self._starts[index], self._starts[index + 1])

    def item(self, index: int) -> LogItem | None:
        """Return the item at ``index``; None if there is none, or nothing that can be selected."""
        row = self.rows[index] if 0 <= index < len(self.rows) else None
        return row if isinstance(row, LogItem) else None

    @property
    def items(self) -> int:
        """The number of items."""
        return self.ordinal(len(self.rows))

    def ordinal(self, index: int) -> int:
        """Return which item stands at ``index``, from 1."""
        return sum(isinstance(row, LogItem) for row in self.rows[: index + 1])

    def step(self, index: int, by: int, matches: Callable[[LogItem], bool] = lambda item: True) -> int | None:
        """Return the index of the next item after ``index`` in the direction ``by`` (1 or -1) that matches."""
        while 0 <= (index := index + by) < len(self.rows):
            item = self.item(index)
            if item and matches(item):
                return index
        return None

    def first(self) -> int | None:
        """Return the index of the oldest item."""
        return self.step(-1, 1)

    def last(self) -> int | None:
        """Return the index of the newest item."""
        return self.step(len(self.rows), -1)

    def find(self, item: LogItem) -> int | None:
        """Return the index of the item that holds the newest entry of ``item``, alone or in a run; else of the item
        just before it; else of the oldest."""
        rows = [(index, row) for index, row in enumerate(self.rows) if isinstance(row, LogItem)]
        holders = [(index, row) for index, row in rows if item.entry in row.entries]
        if holders:
            return next((index for index, row in holders if row.is_run == item.is_run), holders[0][0])
        earlier = (index for index, row in reversed(rows) if row.entry.at <= item.entry.at)
        return next(earlier, self.first())

    def find_call(self, call: str) -> int | None:
        """Return the index of the item with the call of this id, alone rather than in a run; None if there is none."""
        rows = [(index, row) for index, row in enumerate(self.rows) if isinstance(row, LogItem)]
        holders = [
            (index, row) for index, row in rows if any(isinstance(e, Call) and e.id == call for e in row.entries)
        ]
        alone = (index for index, row in holders if not row.is_run)
        return next(alone, holders[0][0] if holders else None)

    def find_moment(self, at: int) -> int | None:
        """Return the index of the item at exactly a time (epoch ms), a prompt before a call; None if there is none."""
        rows = [(index, row) for index, row in enumerate(self.rows) if isinstance(row, LogItem) and row.entry.at == at]
        marks = (index for index, row in rows if not isinstance(row.entry, Call))
        return next(marks, rows[0][0] if rows else None)

    def first_since(self, at: int) -> int | None:
        """Return the index of the first item of a time (epoch ms) or after; None if there is none."""
        return self.step(-1, 1, lambda item: item.entry.at >= at)

    def newest_at(self) -> int:
        """Return the time of the newest entry, in epoch ms."""
        return max((row.entry.at for row in self.rows if isinstance(row, LogItem)), default=0)

    def newer_than(self, at: int) -> int:
        """Return the number of entries since ``at`` (epoch ms)."""
        count = 0
        for row in reversed(self.rows):
            if not isinstance(row, LogItem) or (row.is_run and row.fold is FoldState.UNFOLDED):
                continue
            newer = sum(entry.at > at for entry in row.entries)
            if not newer and not row.depth and not is_open(row.entry):
                break
            count += newer
        return count


def _height(row: Listed, details: bool) -> int:
    if details and isinstance(row, LogItem) and len(row.entries) == 1:
        entry = row.entries[0]
        return 2 if row.doing or (isinstance(entry, Call) and failure_reason(entry)) else 1
    return 1


class LogCursor:
    """The selected row of a listing. It stays on its entry while rows come and go, or follows the newest row."""

    def __init__(self) -> None:
        self.listing = LogListing()
        self.index: int | None = None
        self.following = True
        self._stopped_at = 0

    @property
    def item(self) -> LogItem | None:
        """The selected item."""
        return None if self.index is None else self.listing.item(self.index)

    @property
    def behind(self) -> int:
        """Number of new entries since the cursor stopped following."""
        return 0 if self.following else self.listing.newer_than(self._stopped_at)

    def relist(self, listing: LogListing) -> None:
        """Set another listing, and select the same item in it."""
        selected = self.item
        self.listing = listing
        self.index = listing.last() if self.following or selected is None else listing.find(selected)

    def follow(self) -> None:
        """Select the newest row from now on."""
        self.following = True
        self.index = self.listing.last()

    def stop_following(self, newest_at: int) -> None:
        """Stop following, and count the entries after ``newest_at`` (epoch ms) from now on."""
        if self.following:
            self.following, self._stopped_at = False, newest_at
