"""``stats``: all totals, as tables or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from tui_monitor.cli.report import DEFAULT_OPTIONS, Report, ReportInput, ReportOptions, print_report
from tui_monitor.reports.analysis import (
    Recommendation,
    analyse,
    analysis_json,
    analysis_notes,
    analysis_tables,
    query_facts,
)
from tui_monitor.reports.cost import CostReport, Grouping, query_cost
from tui_monitor.reports.cost_tables import cost_table, groups_json
from tui_monitor.reports.model import Json
from tui_monitor.reports.savings import RULES
from tui_monitor.reports.stats import Stats, query_stats, stats_json
from tui_monitor.reports.stats_tables import stats_notes, stats_tables
from tui_monitor.store import SpendingScope

BREAKDOWN = (Grouping.DAY, Grouping.PROJECT, Grouping.TYPE, Grouping.OPERATION, Grouping.TOOL, Grouping.FILE)
ROWS = 12


def stats(
    *paths: str | Path, breakdown: bool = False, cost_analysis: bool = False, options: ReportOptions = DEFAULT_OPTIONS
) -> int:
    """Show tokens, cost, tools and files, by model and session.

    Reads anything new in all sessions on this machine and prints totals. With PATHS it reads only those and leaves the
    store untouched.

    For example:

      tui-monitor stats --since 7d
      tui-monitor stats --json session.jsonl
      tui-monitor stats --breakdown --cost-analysis --since 2026-11

    Args:
        paths: Files, folders or globs; - reads standard input.
        breakdown: Also by day, project, type of agent, operation, tool and file.
        cost_analysis: Also what could have been saved, with the evidence.
    """
    return print_report(paths, options, partial(_report, breakdown, cost_analysis))


def _report(breakdown: bool, cost_analysis: bool, source: ReportInput) -> Report:
    scope = SpendingScope(source.since, source.until)
    with source.store.snapshot():
        result = query_stats(source.store, source.issues, source.since, source.until)
        parts = [query_cost(source.store, scope, by, source.tz) for by in BREAKDOWN] if breakdown else []
        findings = analyse(query_facts(source.store, scope), RULES) if cost_analysis else None
    return Report(
        document=partial(_document, source, result, parts, findings),
        tables=chain(
            stats_tables(result, source.tz),
            (cost_table(part, ROWS) for part in parts if part.groups),
            analysis_tables(findings or ()),
        ),
        notes=[*(analysis_notes(findings) if findings is not None else []), *stats_notes(result)],
        empty="" if result.health.files or result.sessions else "no session was found.",
    )


def _document(
    source: ReportInput, result: Stats, parts: list[CostReport], findings: list[Recommendation] | None
) -> Json:
    return {
        **stats_json(result, source.context.config.display.levels),
        **dict(_additions(parts, findings)),
    }


def _additions(parts: list[CostReport], findings: list[Recommendation] | None) -> Iterator[tuple[str, Json]]:
    """Yield what the options add to the document."""
    if parts:
        yield "breakdown", {part.by.value: groups_json(part) for part in parts}
    if findings is not None:
        yield "cost_analysis", analysis_json(findings)
