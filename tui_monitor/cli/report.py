"""The frame of all reports: options, store, reading, faults, exit status, tables and JSON.

A report is a function that queries the store, and another one that prints its `Report` with `print_report`; a row in
`tui_monitor.cli.commands` makes it a command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, TypeVar

from cyclopts import Parameter

from tui_monitor.cli.exit_status import NOTHING_FOUND, OK, CommandError, summary_line
from tui_monitor.cli.output import write_json, write_report, write_tables
from tui_monitor.cli.path_args import check_paths
from tui_monitor.cli.reading import read_everything, read_paths
from tui_monitor.cli.run_context import RunContext, check_store_options, report_context, terminal_width
from tui_monitor.cli.store_access import answer, answer_privately, report_fault
from tui_monitor.cli.times import parse_time, parse_zone
from tui_monitor.reports.model import Json, TableData
from tui_monitor.store import Store, StoreError
from tui_monitor.units import TIME_EXAMPLES


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """The options that every report has."""

    json: Annotated[bool, Parameter(help="Print JSON instead of tables.")] = False
    since: Annotated[
        str, Parameter(allow_leading_hyphen=True, help=f"From this time or so long ago: {TIME_EXAMPLES}.")
    ] = ""
    until: Annotated[str, Parameter(allow_leading_hyphen=True, help="Before this time or so long ago.")] = ""
    tz: Annotated[
        str,
        Parameter(
            allow_leading_hyphen=True,
            help="Time zone of days and times, such as Europe/Berlin or +02:00; the local one by default.",
        ),
    ] = ""
    store: Annotated[str | Path, Parameter(help="Use this store instead of the default one.")] = ""
    no_store: Annotated[bool, Parameter(help="Don't use a store.")] = False
    output: Annotated[
        str, Parameter(name=("--output", "-o"), help="Write to this file instead of standard output.")
    ] = ""


DEFAULT_OPTIONS = ReportOptions()


@dataclass(frozen=True, slots=True)
class ReportInput:
    """The input of a report: the store to query, and the period to report on.

    ``since`` and ``until`` are epoch milliseconds, None without limit; ``tz`` is the zone of days and times, None the
    local one; ``issues`` has a line for each thing that could not be read, which the report is to show.
    """

    store: Store
    context: RunContext
    as_json: bool
    since: int | None
    until: int | None
    tz: tzinfo | None
    issues: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The output of a report.

    ``document`` makes its JSON; ``tables`` and the ``notes`` below them are for people. One with a ``text`` has that
    alone, in which everything quoted is clean. A report with nothing to show
    has the reason in ``empty``, and ends with `NOTHING_FOUND`; others end with ``status``.
    """

    document: Callable[[], Json] = lambda: None
    tables: Iterable[TableData] = ()
    notes: Sequence[str] = ()
    empty: str = ""
    status: int = OK
    text: str = ""


T = TypeVar("T")


def print_report(
    paths: Sequence[str | Path],
    options: ReportOptions,
    make_report: Callable[[ReportInput], Report],
    *,
    bodies: bool = False,
) -> int:
    """Read ``paths``, or without any everything new on this machine, and print the report made of it, as JSON or as
    tables; return the exit status.

    Paths are read into a private store unless one is named. Where the store cannot be used, all files are read into a
    private one. ``make_report`` may be called once more then. With ``bodies`` it needs outputs of calls.

    Raises:
        CommandError: an option or a path is invalid, the report is empty, or no store can be used.
    """
    words, store_path = tuple(map(str, paths)), str(options.store)
    tz = parse_zone(options.tz)
    since, until = parse_time(options.since, tz), parse_time(options.until, tz)
    check_store_options(store_path, options.no_store)
    check_paths(words)
    context = report_context()

    def read(store: Store) -> tuple[Report, Sequence[str]]:
        summary = read_paths(store, context, words) if words else read_everything(store, context)
        issues = summary.issues
        with context.view(store) as view:
            return make_report(ReportInput(view, context, options.json, since, until, tz, issues)), issues

    is_private = options.no_store or bool(words and not store_path)
    try:
        (report, issues), fault = _answer(context, store_path, read, words, is_private=is_private, bodies=bodies)
    except StoreError as error:
        raise CommandError(str(error)) from None
    if report.empty and fault:
        raise CommandError(fault)
    if report.empty:
        raise CommandError(summary_line(issues) or report.empty, NOTHING_FOUND)
    report_fault(fault)
    if report.text:
        write_report(report.text, options.output)
    elif options.json:
        write_json(report.document(), options.output)
    else:
        write_tables(report.tables, report.notes, terminal_width(default=120), options.output)
    return report.status


def _answer(
    context: RunContext,
    store_path: str,
    read: Callable[[Store], T],
    words: Sequence[str],
    *,
    is_private: bool,
    bodies: bool,
) -> tuple[T, str]:
    if is_private:
        return answer_privately(read, bodies=bodies), ""
    return answer(context, store_path, read, paths=words, bodies=bodies)
