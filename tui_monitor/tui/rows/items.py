"""Items of the activity log: what is listed as one row, and the gaps in time between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple, TypeAlias

from tui_monitor.live.entries import Call, Entry, Mark, MarkKind
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.units import MINUTE, day_range


class FoldState(Enum):
    """Whether a row hides others."""

    NONE = auto()
    FOLDED = auto()
    UNFOLDED = auto()


class Tally(NamedTuple):
    """What a number of calls came to; ``until`` is when the last of them ended."""

    calls: int = 0
    added: int = 0
    removed: int = 0
    until: int = 0


class LogItem(NamedTuple):
    """One entry, or a run of calls that say the same. ``depth`` is how far it stands below the main chain, ``tally``
    that of the turn which a prompt began or of the calls under an agent's, of which so many ``failed``."""

    entries: tuple[Entry, ...]
    depth: int = 0
    fold: FoldState = FoldState.NONE
    tally: Tally = Tally()
    failed: int = 0

    @property
    def entry(self) -> Entry:
        """The entry that it is about; of a run the newest."""
        return self.entries[-1]

    @property
    def is_run(self) -> bool:
        """Whether it tells of several calls in one row."""
        return len(self.entries) > 1


class TimeGap(NamedTuple):
    """What went by before the next row, which stands at ``at``: so many milliseconds, or midnight."""

    at: int
    after: int
    new_day: bool


class HiddenOpenCalls(NamedTuple):
    """Open calls that are not listed."""

    number: int


Listed: TypeAlias = LogItem | TimeGap | HiddenOpenCalls


def is_open(entry: Entry) -> bool:
    """Whether ``entry`` is a call that stands at the end, with what is not over."""
    return isinstance(entry, Call) and not entry.state.ended and not entry.closed


def alarming(entry: Entry) -> bool:
    """Whether ``entry`` failed, looks as if it did, or was refused."""
    if isinstance(entry, Mark):
        return entry.kind is MarkKind.GAVE_UP
    return entry.state.failed or entry.state.rejected or entry.suspicious


LONG_GAP = 2 * MINUTE


def with_time_gaps(rows: Iterable[Listed], context: RowContext, gaps: bool) -> Iterator[Listed]:
    """``rows``, with a line where another day begins than the one before (at first: today), and, if ``gaps`` are
    wanted, where nothing happened for long."""
    day, last = day_range(context.now, context.tz), 0
    for row in rows:
        if isinstance(row, LogItem) and not row.depth:
            at = row.entries[0].at
            if at and at >= last:
                if at not in day:
                    day = day_range(at, context.tz)
                    yield TimeGap(at, at - last, new_day=True)
                elif gaps and last and at - last > LONG_GAP:
                    yield TimeGap(at, at - last, new_day=False)
                last = row.entry.at
        yield row
