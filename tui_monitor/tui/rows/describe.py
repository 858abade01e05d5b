"""From what is listed to the row that tells of it."""

from __future__ import annotations

from tui_monitor.live.entries import Call, Mark
from tui_monitor.tui.rows.call_rows import call_row, run_time
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.items import HiddenOpenCalls, Listed, LogItem, TimeGap, is_open
from tui_monitor.tui.rows.mark_rows import mark_row, more_row, time_gap_row
from tui_monitor.tui.rows.row import LogRow
from tui_monitor.units import SECOND


def row_of(listed: Listed, context: RowContext) -> LogRow:
    """What ``listed`` says in ``context``."""
    if isinstance(listed, TimeGap):
        return time_gap_row(listed, context)
    if isinstance(listed, HiddenOpenCalls):
        return more_row(listed)
    entry = listed.entry
    if isinstance(entry, Mark):
        return mark_row(entry, len(listed.entries), listed.tally, context)
    return call_row(listed, entry, context)


def stamp_of(listed: Listed, context: RowContext) -> tuple[object, ...]:
    """All that the row depends on besides the session's folder: equal stamps, equal rows."""
    if not isinstance(listed, LogItem) or isinstance(listed.entry, Mark):
        return (listed,)
    call = listed.entry
    calls = [(entry.id, entry.version) for entry in listed.entries if isinstance(entry, Call)]
    liveness = (context.liveness(call), run_time(call, context) // SECOND) if is_open(call) else ()
    return (*calls, listed.depth, listed.fold, listed.tally, listed.failed, context.agents.get(call.id), liveness)
