"""``sessions``: a list of all sessions."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tui_monitor.cli.filters import NO_FILTERS, FilterOptions
from tui_monitor.cli.report import DEFAULT_OPTIONS, Report, ReportInput, ReportOptions, print_report
from tui_monitor.reports.sessions import query_sessions, sessions_json, sessions_table
from tui_monitor.reports.stats_tables import first_issues

ROWS = 40


def sessions(
    *paths: str | Path, rows: int = ROWS, filters: FilterOptions = NO_FILTERS, options: ReportOptions = DEFAULT_OPTIONS
) -> int:
    """List sessions: when, how long, tokens, cost, context.

    For example:

      tui-monitor sessions --since today
      tui-monitor sessions --project ~/work/shop --model opus
      tui-monitor sessions --json | jq -r '.sessions[].id'

    Args:
        paths: Files, folders or globs; - reads standard input.
        rows: Rows of the table; JSON has all.
    """
    return print_report(paths, options, partial(_report, max(1, rows), filters))


def _report(rows: int, filters: FilterOptions, source: ReportInput) -> Report:
    result = query_sessions(source.store, filters.filters(), source.since, source.until)
    return Report(
        document=partial(sessions_json, result, source.context.config.display.levels),
        tables=[sessions_table(result, rows, source.tz)],
        notes=first_issues(source.issues),
        empty="" if result else "no session matches.",
    )
