"""`stats`: all sums, as a table or as JSON."""

from __future__ import annotations

import sys
from contextlib import closing

from tui_monitor.cli.ending import FINE, NOTHING_FOUND, WRONG_USAGE, Failure, in_one_line
from tui_monitor.cli.reading import read_everything, read_paths
from tui_monitor.cli.setting import here, screen_width
from tui_monitor.cli.times import moment, zone
from tui_monitor.reports.stats import Json, query_stats, stats_json
from tui_monitor.store import StoreError, open_store, private_store


def run(
    *paths: str,
    json: bool = False,
    since: str = "",
    until: str = "",
    tz: str = "",
    store: str = "",
) -> int:
    """Tokens, cost, tools and files: in all, by model, by session, by tool.

    With PATHs it reads these alone, and leaves the usual store as it is. Without, it reads what is new of all
    sessions on this machine into the store, and answers from there.

    Args:
        paths: Files, folders, globs; - is standard input.
        json: Print a document for programs instead of tables.
        since: Only from this day or time on: 2026-11-01, 2026-11-01T09:30, or so long ago: 90m, 12h, 7d, 2w.
        until: Only before this day or time.
        tz: The time zone of days and times, as in Europe/Berlin; the local one by default.
        store: The store to use instead of the usual one.
    """
    setting = here()
    where = zone(tz)
    start, end = moment(since, where), moment(until, where)
    private = bool(paths) and not store
    try:
        with closing(private_store() if private else open_store(setting.store_path(store))) as kept:
            reading = read_paths(kept, setting, paths) if paths else read_everything(kept, setting)
            stats = query_stats(kept, [*reading.errors, *reading.skipped], start, end)
    except StoreError as error:
        raise Failure(str(error), WRONG_USAGE) from None
    if not stats.health.files and not stats.sessions:
        raise Failure(in_one_line([*reading.errors, *reading.skipped]) or "no session was found.", NOTHING_FOUND)
    if json:
        _print_json(stats_json(stats, setting.settings.display.levels))
    else:
        from tui_monitor.reports.tables import print_stats

        print_stats(stats, sys.stdout, screen_width(otherwise=120), where)
    return FINE


def _print_json(document: Json) -> None:
    import orjson

    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")
