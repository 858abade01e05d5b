"""Where the log says that time went by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.items import Listed, LogItem, TimeGap
from tui_monitor.units import MINUTE, day_range

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
