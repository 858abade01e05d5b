"""The states of sessions for a command that reads once: one session, those at paths, or all live ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from tui_monitor.cli.exit_status import NOTHING_FOUND, CommandError, summary_line
from tui_monitor.cli.reading import ReadSummary, read_live, read_newest, read_paths
from tui_monitor.cli.run_context import RunContext
from tui_monitor.cli.store_access import answer, answer_privately, report_fault
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.events import ProcessScan, SessionKey
from tui_monitor.feed.process_scan import scan_processes
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import MAX_SESSIONS, Changes, LiveState
from tui_monitor.live.succession import runs_instead
from tui_monitor.live.urgency import by_urgency, is_live
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.processes.table import process_table
from tui_monitor.store import Store, StoreError


@dataclass(frozen=True, slots=True)
class SessionStates:
    """States of sessions, first that of the one that the monitor would show, and a line for each fault met on the
    way."""

    states: tuple[SessionState, ...]
    faults: tuple[str, ...]


def shown_session(context: RunContext, paths: Sequence[str], store: str, no_store: bool) -> SessionStates:
    """Return the last active session among ``paths``; without paths that of this folder, else the newest one anywhere.

    Paths are read into a private store unless ``store`` is named.

    Raises:
        CommandError: there is none, or nothing can be stored, not even privately.
    """

    def read(opened: Store) -> SessionStates:
        summary = read_paths(opened, context, paths) if paths else read_newest(opened, context)
        return _restored(opened, context, summary, _last_active(opened, summary)[:1], _scan(context))

    return _answer(context, paths, store, no_store, read)


def all_sessions(context: RunContext, paths: Sequence[str], store: str, no_store: bool) -> SessionStates:
    """Return the sessions at ``paths``, the one that was active last first, at most `MAX_SESSIONS`; without paths all
    live ones, the one that the monitor would show first, even if it is none.

    Raises:
        CommandError: there is none, or nothing can be stored, not even privately.
    """
    return _answer(context, paths, store, no_store, partial(_read_all, paths, context))


def _answer(
    context: RunContext, paths: Sequence[str], store: str, no_store: bool, read: Callable[[Store], SessionStates]
) -> SessionStates:
    is_private = no_store or (paths and not store)
    try:
        if is_private:
            result, store_fault = answer_privately(read, bodies=True), ""
        else:
            result, store_fault = answer(context, store, read, paths=paths, bodies=True)
    except StoreError as error:
        raise CommandError(str(error)) from None
    faults = tuple(filter(None, (store_fault, *result.faults)))
    if not result.states:
        raise CommandError(summary_line(faults) or "no session was found: name one, or start an agent.", NOTHING_FOUND)
    report_fault(store_fault)
    return SessionStates(result.states, faults)


def _read_all(paths: Sequence[str], context: RunContext, store: Store) -> SessionStates:
    if paths:
        summary = read_paths(store, context, paths)
        return _restored(store, context, summary, _last_active(store, summary), _scan(context))
    processes = [process for scan in _scan(context) for process in scan.processes]
    summary = read_live(store, context, processes)
    running = {process.session for process in processes}
    sessions = [row.session for row in store.sessions() if row.session in running]
    scans = _scan(context)  # again: lines that were read may state their processes
    found = _restored(store, context, summary, [*_last_active(store, summary), *sessions], scans, adds_sessions=True)
    return SessionStates(tuple(_shown_first(found.states, summary)), found.faults)


def _shown_first(states: Collection[SessionState], summary: ReadSummary) -> list[SessionState]:
    """Return the session that the monitor would show, and then the other live ones: the most urgent first."""
    now = now_ms()
    newest = {state.path: state for state in sorted(states, key=lambda state: state.last_at)}
    first = newest.get(summary.here) if summary.here else None
    if first and first.process_gone:
        first = next((state for state in states if runs_instead(state, first)), first)
    live = [state for state in states if is_live(state, now) or (state.path and newest[state.path] is state)]
    others = [each.state for each in by_urgency((state for state in live if state is not first), now)]
    return [first, *others] if first else others


def _last_active(store: Store, summary: ReadSummary) -> list[SessionKey]:
    """Return the sessions that were read, now or before, the one that was active last first."""
    rows = [row for row in store.sessions() if row.path or row.ended]  # others are known by copies in a fork alone
    found = [row.session for row in rows if row.session in summary.sessions or row.path in summary.files]
    if found:
        return found
    sources = [saved.source for saved in store.checkpoints("") if saved.path in summary.files]
    sessions = {session for source in sources for session in store.sessions_of(source)}
    return [row.session for row in rows if row.session in sessions]


def _scan(context: RunContext) -> tuple[ProcessScan, ...]:
    return tuple(scan_processes(default_registry().adapters, context.search_context, process_table()).values())


def _restored(
    store: Store,
    context: RunContext,
    summary: ReadSummary,
    sessions: Iterable[SessionKey],
    scans: Iterable[ProcessScan],
    *,
    adds_sessions: bool = False,
) -> SessionStates:
    """Return the states of stored sessions. ``adds_sessions``: and of those that only a process stands for."""
    with context.view(store) as view:
        live = _restore(view, list(dict.fromkeys(sessions))[:MAX_SESSIONS])
    for scan in scans:
        live.apply_scan(scan, Changes(), adds_sessions=adds_sessions)
    states = tuple(live.sessions.values())
    return SessionStates(states, tuple(summary.errors if states else summary.issues))


def _restore(store: Store, sessions: Iterable[SessionKey]) -> LiveState:
    live, changes = LiveState(), Changes()
    with store.snapshot():
        for session in sessions:
            live.restore(store.history(session), changes)
            live.set_totals(store.totals(session), changes)
    return live
