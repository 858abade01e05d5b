"""The listed rows of the log as lines, and the cursor that keeps its place among them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from tui_monitor.live.entries import Call
from tui_monitor.tui.rows.items import FoldState, Listed, LogItem, is_open
from tui_monitor.tui.rows.outcome import finding_below


class LogListing:
    """An immutable sequence of rows. A row is two lines high where it says why something failed, if these ``details``
    are wanted. Only items can be selected; lapses and the like are passed over."""

    def __init__(self, rows: Sequence[Listed] = (), details: bool = True) -> None:
        self.rows = rows
        self._starts = list(accumulate((_height(row, details) for row in rows), initial=0))

    @property
    def height(self) -> int:
        """In lines."""
        return self._starts[-1]

    def at_line(self, line: int) -> tuple[int, int]:
        """Which row stands there, and the how-many-th of its lines it is."""
        index = bisect_right(self._starts, line) - 1
        return index, line - self._starts[index]

    def lines_of(self, index: int) -> range:
        """The lines of a row."""
        return range(self._starts[index], self._starts[index + 1])

    def item(self, index: int) -> LogItem | None:
        """The row at ``index`` if it can be selected; None beyond the ends too."""
        row = self.rows[index] if 0 <= index < len(self.rows) else None
        return row if isinstance(row, LogItem) else None

    def step(self, index: int, by: int, wanted: Callable[[LogItem], bool] = lambda item: True) -> int | None:
        """The next row after ``index`` in the direction ``by`` (1 or -1) that is ``wanted``."""
        while 0 <= (index := index + by) < len(self.rows):
            item = self.item(index)
            if item and wanted(item):
                return index
        return None

    def first(self) -> int | None:
        """The oldest row that can be selected."""
        return self.step(-1, 1)

    def last(self) -> int | None:
        """The newest row that can be selected."""
        return self.step(len(self.rows), -1)

    def find(self, sought: LogItem) -> int | None:
        """Where ``sought`` stands now: the row that has its newest entry, be it alone or in a run; else the one that
        came just before it; else the oldest."""
        items = [(index, row) for index, row in enumerate(self.rows) if isinstance(row, LogItem)]
        holding = [(index, item) for index, item in items if sought.entry in item.entries]
        if holding:
            return next((index for index, item in holding if item.is_run == sought.is_run), holding[0][0])
        earlier = (index for index, item in reversed(items) if item.entry.at <= sought.entry.at)
        return next(earlier, self.first())

    def newest_at(self) -> int:
        """When the last thing happened that it tells of, in epoch ms."""
        return max((row.entry.at for row in self.rows if isinstance(row, LogItem)), default=0)

    def newer_than(self, at: int) -> int:
        """How many entries have come since ``at`` (epoch ms)."""
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
    if details and isinstance(row, LogItem) and not row.is_run and isinstance(row.entry, Call):
        return 2 if finding_below(row.entry) else 1
    return 1


class LogCursor:
    """The selected row of a listing. It stays with what stands in it while rows come and go, or follows the newest."""

    def __init__(self) -> None:
        self.listing = LogListing()
        self.index: int | None = None
        self.following = True
        self._left_at = 0

    @property
    def item(self) -> LogItem | None:
        """What is selected."""
        return None if self.index is None else self.listing.item(self.index)

    @property
    def behind(self) -> int:
        """How many entries have come since it stopped following."""
        return 0 if self.following else self.listing.newer_than(self._left_at)

    def relist(self, listing: LogListing) -> None:
        """The rows have changed."""
        selected = self.item
        self.listing = listing
        self.index = listing.last() if self.following or selected is None else listing.find(selected)

    def follow(self) -> None:
        """Select the newest row from here on."""
        self.following = True
        self.index = self.listing.last()

    def leave(self) -> None:
        """Follow no more: what comes from here on is news."""
        if self.following:
            self.following, self._left_at = False, self.listing.newest_at()
