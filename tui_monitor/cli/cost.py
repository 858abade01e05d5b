"""``cost``: what was spent, by time, model, session, tool, file, prompt, commit …"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tui_monitor.cli.filters import NO_FILTERS, FilterOptions
from tui_monitor.cli.report import DEFAULT_OPTIONS, Report, ReportInput, ReportOptions, print_report
from tui_monitor.reports.cost import Grouping, query_cost
from tui_monitor.reports.cost_tables import cost_json, cost_notes, cost_table
from tui_monitor.reports.selection import scope_of
from tui_monitor.reports.stats_tables import first_issues

ROWS = 40


def cost(
    *paths: str | Path,
    by: Grouping = Grouping.DAY,
    rows: int = ROWS,
    filters: FilterOptions = NO_FILTERS,
    options: ReportOptions = DEFAULT_OPTIONS,
) -> int:
    """Show what was spent, by day, model, session, tool, prompt, commit …

    For example:

      tui-monitor cost --since 7d                       each of the last days
      tui-monitor cost --by model --since 2026-11       a month by model
      tui-monitor cost --by prompt --session a1b2c3     what each prompt of a session cost
      tui-monitor cost --by commit --project .          what led to each commit of this folder

    Args:
        paths: Files, folders or globs; - reads standard input.
        by: What to group by: hour, day, week, month, model, session, project, source, agent, type (of agents), plan,
            task, operation, tool, file, prompt, branch, commit or pr.
        rows: Rows of the table; JSON has all.
    """
    bodies = by in (Grouping.COMMIT, Grouping.PR)
    return print_report(paths, options, partial(_report, by, max(1, rows), filters), bodies=bodies)


def _report(by: Grouping, rows: int, filters: FilterOptions, source: ReportInput) -> Report:
    scope = scope_of(source.store, filters.filters(), source.since, source.until)
    result = query_cost(source.store, scope, by, source.tz)
    return Report(
        document=partial(cost_json, result),
        tables=[cost_table(result, rows)],
        notes=[*cost_notes(result), *first_issues(source.issues)],
        empty="" if result.groups else "nothing was spent: no session matches, or none has usage in this time.",
    )
