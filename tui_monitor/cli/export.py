"""``export``: what is known as CSV, JSON, JSON lines, a page of HTML, or the text of Prometheus."""

from __future__ import annotations

import time
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from tui_monitor.cli.exit_status import OK, CommandError
from tui_monitor.cli.filters import NO_FILTERS, FilterOptions
from tui_monitor.cli.html_replay import export_replay
from tui_monitor.cli.path_args import quoted
from tui_monitor.cli.report import DEFAULT_OPTIONS, Report, ReportInput, ReportOptions, print_report
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.live.spending import configured_limits
from tui_monitor.reports.budgets import query_budgets
from tui_monitor.reports.csv_text import csv_text
from tui_monitor.reports.datasets import DatasetName, Selection, query_dataset
from tui_monitor.reports.model import SCHEMA, Json, json_line, json_text
from tui_monitor.reports.page import html_page, query_page
from tui_monitor.reports.prometheus import prometheus_text, query_metrics
from tui_monitor.sources.base import MetricNames
from tui_monitor.sources.discovery.registry import default_registry


class ExportFormat(StrEnum):
    """The formats."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    HTML = "html"
    PROMETHEUS = "prometheus"
    HTML_REPLAY = "html-replay"


def export(
    form: ExportFormat,
    /,
    *paths: str | Path,
    of: DatasetName = DatasetName.RESPONSES,
    names: str = "",
    every: int = 0,
    filters: FilterOptions = NO_FILTERS,
    options: ReportOptions = DEFAULT_OPTIONS,
) -> int:
    """Export as CSV, JSON, JSON lines, HTML or Prometheus text; a session as a page that plays it back.

    For example:

      tui-monitor export csv --since 2026-11 -o november.csv
      tui-monitor export jsonl --of calls --project .
      tui-monitor export html -o agents.html --every 30
      tui-monitor export html-replay latest -o session.html
      tui-monitor export prometheus -o /var/lib/node_exporter/agents.prom

    Args:
        form: csv, json, jsonl, html, prometheus or html-replay.
        paths: Files, folders or globs; - reads standard input. For html-replay one session: its file or id, or latest.
        of: What a row of CSV or JSON is: responses, calls, sessions, days or models.
        names: Names of metrics: our own, or those of an agent's own metrics, as claude-code, for its dashboards.
        every: Write the file again after so many seconds, until you interrupt it.
    """
    if form is ExportFormat.HTML_REPLAY:
        chosen = replace(options, output="", no_store=False)  # it uses no store anyway
        if every or names or of is not DatasetName.RESPONSES or filters != NO_FILTERS or chosen != DEFAULT_OPTIONS:
            raise CommandError("html-replay shows one session whole: of the options it takes -o alone.")
        return export_replay(paths, options.output)
    if every < 0 or (every and not options.output):
        raise CommandError("--every needs a positive number of seconds and a file (-o) to write.")
    metric_names = metric_names_of(names)
    make_report = partial(_report, form, of, metric_names, filters)
    bodies = form is ExportFormat.PROMETHEUS and metric_names is not None
    status = print_report(paths, options, make_report, bodies=bodies)
    while every and status == OK:
        time.sleep(every)
        status = print_report(paths, options, make_report, bodies=bodies)
    return status


def metric_names_of(source: str) -> MetricNames | None:
    """Return the names of the metrics of an agent; None for our own.

    Raises:
        CommandError: it has none.
    """
    if not source:
        return None
    known = {one.name: names for one in default_registry().adapters if (names := one.traits.metric_names)}
    if source not in known:
        raise CommandError(f"no metrics are known of {quoted(source)}: --names takes {', '.join(known)}.")
    return known[source]


def _report(
    form: ExportFormat, of: DatasetName, names: MetricNames | None, filters: FilterOptions, source: ReportInput
) -> Report:
    config = source.context.config
    selection = Selection(filters.filters(), source.since, source.until, source.tz, config.display.levels)
    match form:
        case ExportFormat.HTML:
            budgets = query_budgets(source.store, configured_limits(config), now_ms(), source.tz)
            content = query_page(source.store, selection, budgets, now_ms())
            return _text_report(html_page(content), is_empty=not content.sessions)
        case ExportFormat.PROMETHEUS:
            totals = query_metrics(source.store, selection, with_commits=names is not None)
            return _text_report(prometheus_text(totals, names))
    rows = query_dataset(source.store, of, selection)
    if form is ExportFormat.CSV:
        return _text_report(csv_text(rows), is_empty=not rows)
    if form is ExportFormat.JSONL:
        return _text_report("".join(map(json_line, rows)), is_empty=not rows)
    document: Json = {"schema": SCHEMA, "of": of.value, "rows": [*rows]}
    return _text_report(json_text(document), is_empty=not rows)


def _text_report(text: str, *, is_empty: bool = False) -> Report:
    return Report(text=text, empty="nothing to export: no session matches." if is_empty else "")
