"""The items of the activity log: what stands in it as one row."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple, TypeAlias

from tui_monitor.live.entries import Call, Entry, Mark, MarkKind


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
