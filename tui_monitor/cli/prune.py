"""``prune`` and ``archive``: less is kept of old sessions, and no total changes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tui_monitor.cli.exit_status import CHECK_FAILED, OK, CommandError
from tui_monitor.cli.output import write, write_error, write_json
from tui_monitor.cli.path_args import quoted
from tui_monitor.cli.run_context import RunContext, report_context
from tui_monitor.cli.store_access import open_or_replace
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.cli.times import parse_time
from tui_monitor.config.model import HistoryConfig
from tui_monitor.feed.archive_file import SUFFIXES, ArchiveFile
from tui_monitor.feed.retention import Pruner, PruneStep, age_rule, apply_settings
from tui_monitor.reports.model import SCHEMA
from tui_monitor.reports.retention import PruneReport, prune_json, prune_lines
from tui_monitor.store import DamagedStoreError, PruningKind, StoreError, set_aside

_OlderThan = Annotated[str, Parameter(allow_leading_hyphen=True)]


def prune(
    *,
    older_than: _OlderThan = "",
    bodies: bool = False,
    dry_run: bool = False,
    check: bool = False,
    json: bool = False,
    store: str | Path = "",
) -> int:
    """Keep less of old sessions: first texts and diffs, then single rows; no total changes.

    Of each rolled-up session the sums by quarter of an hour, model, tool and file stay, and what is read of it again is
    recognised. Without --older-than the settings decide: bodies_days, rows_days and max_mb under [history].

    For example:

      tui-monitor prune --older-than 30d --bodies     texts and diffs of calls alone
      tui-monitor prune --older-than 365d --dry-run   what would go
      tui-monitor prune --check                       whether the file is whole

    Args:
        older_than: Sessions that ended so long ago (90d, 12w), or before a day.
        bodies: Remove texts and diffs alone.
        dry_run: Show what would be removed, and change nothing.
        check: Only check the whole file; status 1 if it is damaged.
        json: Print JSON instead of text.
        store: Use this store instead of the default one.
    """
    context = report_context()
    if check:
        if older_than or bodies or dry_run:
            raise CommandError("--check only checks the file: it goes with --json and --store alone.")
        return _check(context, str(store), as_json=json)
    before = _before(older_than)
    if before is None and bodies:
        raise CommandError("--bodies needs an age: --older-than 90d.")
    history = context.config.history
    if before is None and history.bodies_days is None and history.rows_days is None and history.max_mb is None:
        raise CommandError("nothing says what is old: give --older-than 90d, or set rows_days under [history].")
    kind = PruningKind.BODIES if bodies else PruningKind.ROWS
    return _report(context, str(store), lambda pruner: _steps(pruner, kind, before, history), json, is_dry=dry_run)


def archive(file: Path, /, *, older_than: _OlderThan = "", json: bool = False, store: str | Path = "") -> int:
    """Move rows of old sessions to a compressed file, which import takes back; no total changes.

    For example:

      tui-monitor archive 2025.jsonl.zst --older-than 2026-01-01
      tui-monitor import 2025.jsonl.zst

    Args:
        file: A new file, .jsonl.zst or .jsonl.gz.
        older_than: Sessions that ended so long ago (90d, 12w), or before a day; rows_days of the settings by default.
        json: Print JSON instead of text.
        store: Use this store instead of the default one.
    """
    if not file.name.endswith(SUFFIXES):
        raise CommandError(f"{quoted(str(file))} is no name of an archive: it ends with {' or '.join(SUFFIXES)}.")
    context = report_context()
    before, days = _before(older_than), context.config.history.rows_days
    if before is None and days is None:
        raise CommandError("nothing says what is old: give --older-than 90d, or set rows_days under [history].")
    now = now_ms()  # not before the other: 90d would be older than 89 days
    until = now - (days or 0) * 86_400_000 if before is None else before
    rule = age_rule(PruningKind.ROWS, until, now, archive=str(file.absolute()))
    try:
        target = ArchiveFile(file)
    except FileExistsError:
        raise CommandError(f"{file} exists already: name a new file.") from None
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror or error}.") from None
    with closing(target):
        return _report(context, str(store), lambda pruner: [pruner.by_age(rule, target.write)], json, archive=str(file))


def _before(older_than: str) -> int | None:
    before = parse_time(older_than, None)
    if before is not None and before > now_ms():
        raise CommandError(f"{quoted(older_than)} is not in the past.")
    return before


def _steps(pruner: Pruner, kind: PruningKind, before: int | None, history: HistoryConfig) -> list[PruneStep]:
    now = now_ms()
    return apply_settings(pruner, history, now) if before is None else [pruner.by_age(age_rule(kind, before, now))]


def _report(
    context: RunContext,
    choice: str,
    run: Callable[[Pruner], list[PruneStep]],
    as_json: bool,
    *,
    is_dry: bool = False,
    archive: str = "",
) -> int:
    """Prune, let the file shrink, and print the report."""
    try:
        with closing(open_or_replace(context, choice)) as store:
            size = store.retention.file_bytes()
            pruner = Pruner(store, is_dry=is_dry)
            steps = run(pruner)
            has_pruned = any(step.counts.sessions for step in steps) and not is_dry
            if has_pruned:
                pruner.finish()
            is_vacuumed = has_pruned and store.retention.vacuum()
            report = PruneReport(steps, size, store.retention.file_bytes(), is_dry, is_vacuumed, archive)
    except StoreError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(
            f"{archive} cannot be written: {error.strerror or error}; nothing more was removed."
        ) from None
    if as_json:
        write_json(prune_json(report))
    else:
        write("".join(f"{line}\n" for line in prune_lines(report)))
    return OK


def _check(context: RunContext, choice: str, *, as_json: bool) -> int:
    problem = ""
    try:
        with closing(context.open_store(choice)) as store:
            store.retention.check()
            store.overall()
    except DamagedStoreError as error:
        problem = set_aside(error)
    except StoreError as error:
        raise CommandError(str(error)) from None
    path = context.store_path(choice)
    if as_json:
        write_json({"schema": SCHEMA, "path": str(path), "problem": problem or None})
    elif problem:
        write_error(problem)
    else:
        write(f"{path} is whole.\n")
    return CHECK_FAILED if problem else OK
