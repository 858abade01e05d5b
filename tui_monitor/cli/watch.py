"""``watch``: the live monitor, or one frame of it. Imports little, since ``--help`` imports it for its options."""

from __future__ import annotations

from pathlib import Path


def watch(
    *paths: str | Path,
    once: bool = False,
    json: bool = False,
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
        json: With --once, print it as JSON.
        store: Use this store instead of the default one.
        no_store: Don't use a store.
        theme: Color theme, such as textual-dark, textual-light or nord.
    """
    words = tuple(map(str, paths))
    if once and json:
        from tui_monitor.cli.once import print_snapshot

        return print_snapshot(words, str(store), no_store)
    if once:
        from tui_monitor.cli.once import print_frame

        return print_frame(words, str(store), no_store, theme)
    if json:
        from tui_monitor.cli.exit_status import CommandError

        raise CommandError("--json needs --once")
    from tui_monitor.cli.signals import end_at_interrupt

    with end_at_interrupt():
        from tui_monitor.cli.monitor import open_monitor

        return open_monitor(words, str(store), no_store, theme)
