"""``stats``: all totals, as tables or as JSON."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tui_monitor.cli.report import DEFAULT_OPTIONS, Report, ReportInput, ReportOptions, print_report
from tui_monitor.reports.stats import query_stats, stats_json
from tui_monitor.reports.stats_tables import stats_notes, stats_tables


def stats(*paths: str | Path, options: ReportOptions = DEFAULT_OPTIONS) -> int:
    """Show tokens, cost, tools and files, by model and session.

    Reads anything new in all sessions on this machine and prints totals. With PATHS it reads only those and leaves the
    store untouched.

    For example:

      tui-monitor stats --since 7d
      tui-monitor stats --json session.jsonl
      tui-monitor stats --since 2026-11 --until 2026-12 --tz Europe/Berlin

    Args:
        paths: Files, folders or globs; - reads standard input.
    """
    return print_report(paths, options, _report)


def _report(source: ReportInput) -> Report:
    result = query_stats(source.store, source.issues, source.since, source.until)
    return Report(
        document=partial(stats_json, result, source.context.config.display.levels),
        tables=stats_tables(result, source.tz),
        notes=stats_notes(result),
        empty="" if result.health.files or result.sessions else "no session was found.",
    )
