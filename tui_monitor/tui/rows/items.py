"""Items of the activity log: everything that is listed as one row, and the time gaps between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import NamedTuple, TypeAlias

from tui_monitor.live.entries import Call, Entry, is_doubtful, is_failure
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.units import MINUTE, day_range


class FoldState(Enum):
    """State of a row that can hide others."""

    NONE = auto()
    FOLDED = auto()
    UNFOLDED = auto()


class Tally(NamedTuple):
    """Totals of several calls."""

    calls: int = 0
    added: int = 0
    removed: int = 0
    uncounted: int = 0


class LogItem(NamedTuple):
    """One entry, or a run of similar entries. ``depth`` is the level below the main chain, ``tally`` the totals of a
    prompt's turn or of an agent's calls, of which ``failed`` failed, ``doing`` the last call of an agent at work."""

    entries: tuple[Entry, ...]
    depth: int = 0
    fold: FoldState = FoldState.NONE
    tally: Tally = Tally()
    failed: int = 0
    doing: Call | None = None

    @property
    def entry(self) -> Entry:
        """The entry of the row; the newest one of a run."""
        return self.entries[-1]

    @property
    def is_run(self) -> bool:
        """True if the row stands for several entries."""
        return len(self.entries) > 1


class TimeGap(NamedTuple):
    """The time before the next row, which is at ``at`` (epoch ms): ``after`` milliseconds, or a new day."""

    at: int
    after: int
    new_day: bool


class OlderCalls(NamedTuple):
    """The number of calls before the first one of the log."""

    number: int


class HiddenOpenCalls(NamedTuple):
    """The number of open calls that are not listed."""

    number: int


class LogEdge(NamedTuple):
    """What is beyond the first row, or the last one: more that is being read, or nothing, and why."""

    text: str


Listed: TypeAlias = LogItem | TimeGap | OlderCalls | HiddenOpenCalls | LogEdge


def is_open(entry: Entry) -> bool:
    """Return True for a call that is listed at the end, among the open ones."""
    return isinstance(entry, Call) and not entry.state.ended and not entry.closed


def is_problem(entry: Entry) -> bool:
    """Return True for an entry that failed, or looks as if it did."""
    return is_failure(entry) or is_doubtful(entry)


LONG_GAP = 2 * MINUTE


def with_time_gaps(rows: Iterable[Listed], context: RowContext, gaps: bool) -> Iterator[Listed]:
    """Yield ``rows`` with a gap before each new day (compared with today at first) and, with ``gaps``, after a long
    pause."""
    day, last = day_range(context.now, context.tz), 0
    for row in rows:
        if isinstance(row, LogItem) and not row.depth:
            entries = row.entries
            at = entries[0].at
            if at and at >= last:
                if at not in day:
                    day = day_range(at, context.tz)
                    yield TimeGap(at, at - last, new_day=True)
                elif gaps and last and at - last > LONG_GAP:
                    yield TimeGap(at, at - last, new_day=False)
                last = at if len(entries) == 1 else entries[-1].at
        yield row
