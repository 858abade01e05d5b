"""``watch --once``: reads the session that the monitor would show, and prints one frame of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from tui_monitor.cli.exit_status import NOTHING_FOUND, OK, CommandError, summary_line
from tui_monitor.cli.frame import frame_lines
from tui_monitor.cli.output import write, write_json
from tui_monitor.cli.path_args import check_paths
from tui_monitor.cli.reading import ReadSummary, read_newest, read_paths
from tui_monitor.cli.run_context import RunContext, check_store_options, now_ms, report_context, terminal_width
from tui_monitor.cli.store_access import answer, answer_privately, report_fault
from tui_monitor.cli.terminal import is_ascii_only
from tui_monitor.events import SessionKey
from tui_monitor.feed.process_monitor import scan_processes
from tui_monitor.live.alerts import AlertSettings
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.reports.snapshot import snapshot_json
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.processes.table import process_table
from tui_monitor.store import Store, StoreError
from tui_monitor.tui.header.lines import StatusView


@dataclass(frozen=True, slots=True)
class SessionLookup:
    """The state of the session to print, if there is one, and a line for each fault met on the way."""

    state: SessionState | None
    faults: tuple[str, ...]


def print_frame(paths: Sequence[str], store: str, no_store: bool, theme: str = "", *, as_json: bool = False) -> int:
    """Print the last active session among ``paths``; without paths that of this folder, else the newest one anywhere.

    Paths are read into a private store unless ``store`` is named. ``as_json`` prints its state as JSON.

    Raises:
        CommandError: a path or the theme does not exist, the options exclude each other, or there is no session.
    """
    check_paths(paths)
    check_store_options(store, no_store)
    if theme:
        from tui_monitor.cli.themes import check_theme

        check_theme(theme)
    context = report_context()
    is_private = no_store or (paths and not store)
    read = partial(_read, paths, context)
    try:
        if is_private:
            lookup, store_fault = answer_privately(read, bodies=True), ""
        else:
            lookup, store_fault = answer(context, store, read, paths=paths, bodies=True)
    except StoreError as error:
        raise CommandError(str(error)) from None
    faults = tuple(filter(None, (store_fault, *lookup.faults)))
    if lookup.state is None:
        raise CommandError(summary_line(faults) or "no session was found: name one, or start an agent.", NOTHING_FOUND)
    report_fault(store_fault)
    display = context.config.display
    if as_json:
        write_json(snapshot_json([lookup.state], now_ms(), AlertSettings.of(context.config)))
        return OK
    view = StatusView(lookup.state, now_ms(), summary_line(faults), display.levels)
    text = "".join(f"{line}\n" for line in frame_lines(view, terminal_width(default=100)))
    if display.ascii or is_ascii_only():
        from tui_monitor.tui.tones import to_ascii

        text = to_ascii(text)
    write(text)
    return OK


def _read(paths: Sequence[str], context: RunContext, store: Store) -> SessionLookup:
    summary = read_paths(store, context, paths) if paths else read_newest(store, context)
    session = _last_active(store, summary)
    with context.view(store) as view:
        state = _restore(view, session, context) if session else None
    return SessionLookup(state, tuple(summary.errors if state else summary.issues))


def _last_active(store: Store, summary: ReadSummary) -> SessionKey | None:
    """Return the newest session among those read, now or before."""
    for row in store.sessions():
        if row.session in summary.sessions or row.path in summary.files:
            return row.session
    return None


def _restore(store: Store, session: SessionKey, context: RunContext) -> SessionState:
    live, changes = LiveState(), Changes()
    with store.snapshot():
        live.restore(store.history(session), changes)
        live.set_totals(store.totals(session), changes)
    for scan in scan_processes(default_registry().adapters, context.search_context, process_table()).values():
        live.apply_scan(scan, changes, adds_sessions=False)
    return live.sessions[session]
