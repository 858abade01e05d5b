"""``session``: the report of one session."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tui_monitor.cli.filters import one_session
from tui_monitor.cli.report import DEFAULT_OPTIONS, Report, ReportInput, ReportOptions, print_report
from tui_monitor.reports.session import query_session
from tui_monitor.reports.session_tables import session_json, session_notes, session_tables
from tui_monitor.reports.stats_tables import first_issues


def session(name: str = "", /, *paths: str | Path, options: ReportOptions = DEFAULT_OPTIONS) -> int:
    """Report on a session: tokens, cost, time, agents, tasks, models, tools.

    For example:

      tui-monitor session                     the last active one
      tui-monitor session a1b2c3 --json       by the beginning of its id
      tui-monitor session REQ-123             by its id or title
      tui-monitor session session.jsonl       by its file

    Args:
        name: Id, beginning of an id, title or folder of a session, or its file; without one the last active.
        paths: Files, folders or globs to look in; - reads standard input.
    """
    if name and not paths and (name == "-" or Path(name).is_file()):
        name, paths = "", (name,)
    return print_report(paths, options, partial(_report, name))


def _report(name: str, source: ReportInput) -> Report:
    summary = one_session(source.store.sessions(since=source.since, until=source.until), name)
    result = query_session(source.store, summary)
    return Report(
        document=partial(session_json, result, source.context.config.display.levels),
        tables=session_tables(result, source.tz),
        notes=[*session_notes(result, source.tz), *first_issues(source.issues)],
    )
