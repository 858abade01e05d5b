"""The row of each listed item, and the texts above the log."""

from __future__ import annotations

from tui_monitor.live.entries import NO_PROBLEMS, Call, Mark, MarkKind, Problems
from tui_monitor.totals import SessionTotals
from tui_monitor.tui.rows.call_rows import call_row, run_time
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.rows.items import HiddenOpenCalls, Listed, LogEdge, LogItem, OlderCalls, TimeGap, is_open
from tui_monitor.tui.rows.layout import LogRow
from tui_monitor.tui.rows.mark_rows import edge_row, hidden_calls_row, mark_row, older_calls_row, time_gap_row
from tui_monitor.tui.spans import one_line
from tui_monitor.units import SECOND, pluralize


def row_of(listed: Listed, context: RowContext) -> LogRow:
    """Return the row of a listed item in ``context``."""
    if isinstance(listed, TimeGap):
        return time_gap_row(listed, context)
    if isinstance(listed, OlderCalls):
        return older_calls_row(listed)
    if isinstance(listed, LogEdge):
        return edge_row(listed)
    if isinstance(listed, HiddenOpenCalls):
        return hidden_calls_row(listed)
    entry = listed.entry
    if isinstance(entry, Mark):
        return mark_row(entry, len(listed.entries), listed.tally, context)
    return call_row(listed, entry, context)


def row_key(listed: Listed, context: RowContext) -> tuple[object, ...]:
    """Return a key that is equal while `row_of` returns the same row, in a session whose folder stays the same."""
    if not isinstance(listed, LogItem):
        return (listed,)
    if isinstance(listed.entry, Mark):
        took = context.turn_time(listed.entry.at) // SECOND if listed.entry.kind is MarkKind.PROMPT else 0
        return (listed, context.prompt_amounts.get(listed.entry.at), took)
    call = listed.entry
    calls = [(entry.id, entry.version) for entry in listed.entries if isinstance(entry, Call)]
    liveness = (context.liveness(call), run_time(call, context) // SECOND) if is_open(call) else ()
    return (*calls, listed.depth, listed.fold, listed.tally, listed.failed, context.agents.get(call.id), liveness)


def activity_title(following: bool, behind: int, filter_text: str, search: str = "", note: str = "") -> str:
    """Return ``Activity · paused · 3 new · only is:error``. ``behind``: entries since the log stopped following."""
    parts = ["Activity", *([note] if note else [])]
    if not following:
        parts.append("paused")
    if behind:
        parts.append(f"{behind:,} new")
    if filter_text:
        parts.append(f"only {one_line(filter_text)}")
    return " · ".join([*parts, *([search] if search else [])])


def counts_text(totals: SessionTotals, problems: Problems = NO_PROBLEMS, matches: str = "") -> str:
    """Return ``146 calls · 5 ✗ · 1 ! · 2 ⊘``: all calls, what failed, what looks so, and the rejected ones; before it
    how many a filter ``matches``."""
    failed = totals.failed + problems.given_up
    parts = [f"{matches} matching"] if matches else []
    parts += [pluralize(totals.calls, "call")] if totals.calls else []
    parts += [f"{failed:,} ✗"] if failed else []
    parts += [f"{problems.doubtful:,} !"] if problems.doubtful else []
    parts += [f"{totals.rejected:,} ⊘"] if totals.rejected else []
    return " · ".join(parts)
