"""``budget``: limits of what may be spent, and how much of them is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from tui_monitor.cli.exit_status import CHECK_FAILED, OK, CommandError
from tui_monitor.cli.output import write
from tui_monitor.cli.report import DEFAULT_OPTIONS, Report, ReportInput, ReportOptions, print_report
from tui_monitor.cli.saved_file import save_text
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.config import current_folder
from tui_monitor.config.edit import with_setting
from tui_monitor.config.files import own_file, read_text
from tui_monitor.config.settings import AMOUNT, SETTINGS
from tui_monitor.events import PICO
from tui_monitor.live.spending import Limits, configured_limits
from tui_monitor.reports.budgets import NAMES, budgets_json, budgets_table, query_budgets
from tui_monitor.units import dollars

_HOW = "tui-monitor budget set --daily 10 sets one."


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class LimitOptions:
    """The budgets of a command line, in US dollars."""

    daily: Annotated[float | None, Parameter(help=SETTINGS["budgets.daily"].meaning)] = None
    weekly: Annotated[float | None, Parameter(help=SETTINGS["budgets.weekly"].meaning)] = None
    monthly: Annotated[float | None, Parameter(help=SETTINGS["budgets.monthly"].meaning)] = None
    session: Annotated[float | None, Parameter(help=SETTINGS["budgets.session"].meaning)] = None
    project: Annotated[str, Parameter(help="Only for the sessions of this folder and below it.")] = ""

    def limits(self) -> dict[str, float]:
        """Return those that are given.

        Raises:
            CommandError: one is no amount of money.
        """
        given = {name: value for name in NAMES if (value := getattr(self, name)) is not None}
        for name, value in given.items():
            if not AMOUNT.accepts(value):
                raise CommandError(f"--{name} must be {AMOUNT.words}.")
        return given

    @property
    def folder(self) -> str:
        """The folder as an absolute path; empty for all."""
        return os.path.abspath(os.path.expanduser(self.project)) if self.project else ""  # noqa: PTH100, PTH111


NO_LIMITS = LimitOptions()


def budget(
    action: Literal["status", "set"] = "status",
    /,
    *paths: str | Path,
    limits: LimitOptions = NO_LIMITS,
    options: ReportOptions = DEFAULT_OPTIONS,
) -> int:
    """Set budgets, and check what is spent of them; status 1 if one is exceeded.

    For example:

      tui-monitor budget set --daily 10 --monthly 150
      tui-monitor budget set --weekly 20 --project ~/work/shop
      tui-monitor budget status               exit status 1 if one is exceeded
      tui-monitor budget status --session 2   compares with this one, whatever is set

    Budgets stand under [budgets] of your configuration; 0 removes one. That of a session is compared with the most
    expensive of today's.

    Args:
        action: set, or status (the default).
        paths: Files, folders or globs to check; - reads standard input.
    """
    given = limits.limits()
    if action == "set":
        if paths:
            raise CommandError("budget set takes no files: the budgets are for all sessions.")
        return _set(given, limits.folder)
    return print_report(paths, options, partial(_report, given, limits.folder))


def _report(given: Mapping[str, float], folder: str, source: ReportInput) -> Report:
    config = source.context.config
    budgets = configured_limits(config)
    if given:
        budgets = [Limits(folder, given)]
    elif folder:
        budgets = [limits for limits in budgets if limits.project == folder]
    result = query_budgets(source.store, budgets, now_ms(), source.tz)
    if not result:
        raise CommandError(f"no budget is set: {_HOW}")
    exceeded = any(status.is_exceeded for status in result)
    return Report(
        document=partial(budgets_json, result),
        tables=[budgets_table(result)],
        status=CHECK_FAILED if exceeded else OK,
    )


def _set(given: Mapping[str, float], folder: str) -> int:
    if not given:
        raise CommandError("name a budget, as in tui-monitor budget set --daily 10.")
    file = own_file(os.environ, current_folder(os.environ))
    try:
        text = read_text(file)
    except FileNotFoundError:
        text = ""
    except ValueError as error:
        raise CommandError(f"{file.path} cannot be read: {error}.") from None
    place = ("budgets", "projects", folder) if folder else ("budgets",)
    for name, value in given.items():
        text = _edited(file.path, text, (*place, name), value)
    file.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    save_text(file.path, text)
    for name, value in given.items():
        write(f"{name} budget{f' of {folder}' if folder else ''}: {_amount(value)} ({file.path})\n")
    return OK


def _edited(path: Path, text: str, key: Sequence[str], value: float) -> str:
    try:
        return with_setting(text, key, value)
    except ValueError as error:
        raise CommandError(f"{path} cannot be changed: {error}.") from None


def _amount(value: float) -> str:
    return dollars(round(value * PICO)) if value else "none"
