"""What stands over the activity log."""

from __future__ import annotations

from tui_monitor.totals import SessionTotals
from tui_monitor.tui.spans import one_line
from tui_monitor.units import pluralize


def activity_title(following: bool, behind: int, filter_text: str) -> str:
    """``Activity · paused · 3 new · only is:error``; how many entries are new since the log does not follow."""
    parts = ["Activity"]
    if not following:
        parts.append("paused")
    if behind:
        parts.append(f"{behind:,} new")
    if filter_text:
        parts.append(f"only {one_line(filter_text)}")
    return " · ".join(parts)


def counts_text(totals: SessionTotals) -> str:
    """``146 calls · 5 ✗ · 2 ⊘``: all calls, those that failed, those that were refused."""
    parts = [pluralize(totals.calls, "call")] if totals.calls else []
    parts += [f"{totals.failed:,} ✗"] if totals.failed else []
    parts += [f"{totals.rejected:,} ⊘"] if totals.rejected else []
    return " · ".join(parts)
