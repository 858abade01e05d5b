"""``agent``: the report of an agent, in whatever sessions it was."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tui_monitor.cli.exit_status import NOTHING_FOUND, CommandError
from tui_monitor.cli.path_args import quoted, suggestion
from tui_monitor.cli.report import DEFAULT_OPTIONS, Report, ReportInput, ReportOptions, print_report
from tui_monitor.reports.agents import agent_json, agent_tables, known_names, query_agent
from tui_monitor.reports.stats_tables import first_issues

ROWS = 40


def agent(name: str, /, *paths: str | Path, rows: int = ROWS, options: ReportOptions = DEFAULT_OPTIONS) -> int:
    """Report on an agent: runs, success, time, tokens and cost.

    For example:

      tui-monitor agent code-agent            all runs with this id or of this type
      tui-monitor agent Explore --since 7d    a type of sub-agents
      tui-monitor agent main --json           the main conversations of all sessions

    Args:
        name: Id or type of an agent, or its whole id as SOURCE/SESSION/AGENT.
        paths: Files, folders or globs to look in; - reads standard input.
        rows: Rows of the table; JSON has all.
    """
    return print_report(paths, options, partial(_report, name, max(1, rows)))


def _report(name: str, rows: int, source: ReportInput) -> Report:
    result = query_agent(source.store, name, source.since, source.until)
    if not result.runs:
        close = suggestion(name, known_names(source.store))
        hint = f"did you mean {quoted(close)}?" if close else "tui-monitor cost --by type lists their types."
        raise CommandError(f"no agent {quoted(name)}: {hint}", NOTHING_FOUND)
    return Report(
        document=partial(agent_json, result),
        tables=agent_tables(result, rows, source.tz),
        notes=first_issues(source.issues),
    )
