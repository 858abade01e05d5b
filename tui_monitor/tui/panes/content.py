"""What a pane shows: sections of rows, some of which stand for something that can be opened."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from textwrap import wrap
from typing import NamedTuple, TypeAlias, TypeVar, overload

from tui_monitor.live.session import SessionState
from tui_monitor.live.status import CURRENT, Lag
from tui_monitor.tui.app_context import MonitorSetup
from tui_monitor.tui.git import TreeFile
from tui_monitor.tui.pump import FeedStatus
from tui_monitor.tui.spans import Spans, TextSpan, Tone

R = TypeVar("R")


class FileTarget(NamedTuple):
    """A file, by its path as the session records it; ``line`` is 0 if none is meant."""

    path: str
    line: int = 0


class AgentTarget(NamedTuple):
    """An agent of the session, by its id; empty for the main chain. ``log_file`` is its own log, if it has one."""

    agent: str
    log_file: str = ""


class CallTarget(NamedTuple):
    """A call or a mark of the log, by its id."""

    call: str


class FilterTarget(NamedTuple):
    """The rows of the log that a filter shows, in the language of `rows.filter`."""

    text: str


class MomentTarget(NamedTuple):
    """The row of the log at a time (epoch ms): a prompt, say."""

    at: int


Target: TypeAlias = FileTarget | AgentTarget | CallTarget | FilterTarget | MomentTarget


class PaneRow(NamedTuple):
    """One row, cell by cell. ``key`` names what the row stands for, whatever its place, so that the cursor stays on it;
    None: the cursor passes over. ``copied`` is the text that is copied from the row."""

    key: Hashable
    cells: tuple[Spans, ...]
    target: Target | None = None
    copied: str = ""


class RecordRows(Sequence[PaneRow]):
    """Rows made of records as they come into view: as fast with 10,000 as with ten."""

    def __init__(self, records: Sequence[R], row_of: Callable[[R], PaneRow]) -> None:
        def row_at(index: int) -> PaneRow:
            return row_of(records[index])

        self._length = len(records)
        self._row_at = row_at

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> PaneRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[PaneRow]: ...
    def __getitem__(self, index: int | slice) -> PaneRow | Sequence[PaneRow]:
        if isinstance(index, slice):
            return [self._row_at(each) for each in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._row_at(index)


@dataclass(frozen=True, slots=True)
class Section:
    """Rows below a title and the names of their columns, both of which may be missing. The first column takes the width
    that is left, only as much as it needs if ``snug``, and is cut, at its beginning with ``paths``; the others are
    flush right, those in ``left`` flush left; one without any text is left out. ``empty`` is shown in place of no
    rows."""

    rows: Sequence[PaneRow]
    columns: tuple[str, ...] = ()
    title: str = ""
    paths: bool = False
    empty: str = ""
    snug: bool = False
    left: tuple[int, ...] = ()


PaneContent: TypeAlias = Sequence[Section]
"""The sections of a pane, one below the other."""


@dataclass(frozen=True, slots=True)
class PaneContext:
    """What a pane is made of: a session, the time (epoch ms), the width in cells for those who compose lines
    themselves, the chosen order (one of the pane's own, or empty), the zone of times of day (None: local), how reading
    goes on and how far it is behind, what a person has set up, and the files of the ``tree`` that differ from the last
    commit."""

    state: SessionState
    now: int
    width: int = 0
    order: str = ""
    tz: tzinfo | None = None
    feed_status: FeedStatus = field(default_factory=FeedStatus)
    lag: Lag = CURRENT
    setup: MonitorSetup = field(default_factory=MonitorSetup)
    tree: Sequence[TreeFile] = ()


def text_section(lines: Iterable[Spans], title: str = "") -> Section:
    """Return lines to read, over which the cursor passes."""
    return Section([PaneRow(None, (line,)) for line in lines], title=title)


def note(text: str, width: int = 0) -> list[Section]:
    """Return a sentence in place of a pane's content, wrapped at ``width`` cells (0: not at all)."""
    lines = wrap(text, width) if width > 0 else [text]
    return [text_section((TextSpan(line, Tone.DIM),) for line in lines)]
