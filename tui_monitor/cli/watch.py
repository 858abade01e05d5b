"""``watch``: the live monitor, or a plain form of it. Imports little, since ``--help`` imports it for its options."""

from __future__ import annotations

from pathlib import Path


def watch(
    *paths: str | Path,
    once: bool = False,
    json: bool = False,
    plain: bool = False,
    line: bool = False,
    width: int | None = None,
    interval: float | None = None,
    store: str | Path = "",
    no_store: bool = False,
    theme: str = "",
) -> int:
    """Watch an agent session live (the default command).

    With no PATHS it picks the session started in this directory or the nearest parent that has one (live before
    finished, newest first), otherwise the newest live session anywhere. Until then it lists where it looked; the
    session appears as soon as it starts.

    Args:
        paths: Files, folders or globs to watch instead; - reads standard input.
        once: Print the current state as plain text and exit.
        json: Print the state of all live sessions as a line of JSON whenever it changes; with --once, print it once.
        plain: Print a line for each event and each state that matters, as plain text.
        line: Print the live sessions in one line, for a status line, and exit; those that need you come first.
        width: With --line, its largest width in cells, 80 by default.
        interval: With --json and --plain, the shortest time between two lines in seconds, 0.25 by default.
        store: Use this store instead of the default one.
        no_store: Don't use a store.
        theme: Color theme, such as monitor-light, high-contrast, color-blind or nord.
    """
    from tui_monitor.cli.watch_forms import Form, check_owned_options, chosen_form

    form = chosen_form(once=once, json=json, plain=plain, line=line, paths=bool(paths))
    check_owned_options(form, interval=interval, width=width, has_store=bool(store) or no_store)
    words, place = tuple(map(str, paths)), str(store)
    match form:
        case Form.FRAME:
            from tui_monitor.cli.once import print_frame

            return print_frame(words, place, no_store, theme)
        case Form.SNAPSHOT:
            from tui_monitor.cli.once import print_snapshot

            return print_snapshot(words, place, no_store)
        case Form.SNAPSHOTS:
            from tui_monitor.cli.json_lines import print_snapshots

            return print_snapshots(words, place, no_store, interval)
        case Form.EVENTS:
            from tui_monitor.cli.plain import print_events

            return print_events(words, place, no_store, interval)
        case Form.LINE:
            from tui_monitor.cli.line import DEFAULT_WIDTH, print_line

            return print_line(DEFAULT_WIDTH if width is None else width)
    from tui_monitor.cli.signals import end_at_interrupt

    with end_at_interrupt():
        from tui_monitor.cli.monitor import open_monitor

        return open_monitor(words, place, no_store, theme)
