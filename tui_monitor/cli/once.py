"""``watch --once``: one frame of the session that the monitor would show, or the state of all live ones as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from tui_monitor.cli.exit_status import OK, summary_line
from tui_monitor.cli.frame import frame_lines
from tui_monitor.cli.live_states import all_sessions, shown_session
from tui_monitor.cli.output import write, write_json
from tui_monitor.cli.path_args import check_paths
from tui_monitor.cli.run_context import check_store_options, report_context, terminal_width
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.cli.terminal import is_ascii_only
from tui_monitor.live.alerts import AlertSettings
from tui_monitor.reports.snapshot import snapshot_json
from tui_monitor.tui.header.view import StatusView


def print_frame(paths: Sequence[str], store: str, no_store: bool, theme: str = "") -> int:
    """Print the last active session among ``paths``; without paths that of this folder, else the newest one anywhere.

    Raises:
        CommandError: a path or the theme does not exist, the options exclude each other, or there is no session.
    """
    check_paths(paths)
    check_store_options(store, no_store)
    if theme:
        from tui_monitor.cli.themes import check_theme

        check_theme(theme)
    context = report_context()
    found = shown_session(context, paths, store, no_store)
    display = context.config.display
    view = StatusView(found.states[0], now_ms(), display.levels)
    lines = frame_lines(view, terminal_width(default=100), fault=summary_line(found.faults))
    text = "".join(f"{line}\n" for line in lines)
    if display.ascii or is_ascii_only():
        from tui_monitor.tui.tones import to_ascii

        text = to_ascii(text)
    write(text)
    return OK


def print_snapshot(paths: Sequence[str], store: str, no_store: bool) -> int:
    """Print the states of the sessions at ``paths`` as JSON; without paths those of all live ones.

    Raises:
        CommandError: a path does not exist, the options exclude each other, or there is no session.
    """
    check_paths(paths)
    check_store_options(store, no_store)
    context = report_context()
    found = all_sessions(context, paths, store, no_store)
    write_json(snapshot_json(found.states, now_ms(), AlertSettings.of(context.config)))
    return OK
