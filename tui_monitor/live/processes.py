"""The living processes of sessions: which session each one runs, and which sessions have none any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from tui_monitor.events import MAIN, ProcessScan, SessionKey, SessionProcess
from tui_monitor.live.session import SessionState


@dataclass(slots=True)
class ProcessAssignment:
    """The process of each session that has one, and the sessions of which it is known that they have none."""

    processes: dict[SessionKey, SessionProcess] = field(default_factory=dict)
    gone: set[SessionKey] = field(default_factory=set)
    released: set[SessionKey] = field(default_factory=set)
    """Sessions of whose process nothing is known any more: it has ended what it did for them."""


def assign(scan: ProcessScan, sessions: Mapping[SessionKey, SessionState]) -> ProcessAssignment:
    """Assign the processes of a scan to the sessions of its agent.

    A process of an unknown session runs the one that was active last in its folder and has no other process. If there
    is none, it stands for a session of its own, which has not been asked anything yet. A session has lost its process
    if it had one before, or if the scan is complete for its version.
    """
    own = [state for state in sessions.values() if state.key.source == scan.source]
    result = ProcessAssignment({process.session: process for process in scan.processes if process.session.id})
    for process in scan.processes:
        if not process.session.id:
            result.processes[_session_of(process, own, result.processes)] = process
    if scan.gone is not None:
        _assign_stated(scan.gone, own, result)
        return result
    for state in own:
        is_missed = state.process is not None or scan.covers(state.key, state.version) or state.process_gone
        if state.key not in result.processes and is_missed:
            result.gone.add(state.key)
    return result


def _assign_stated(
    gone: Collection[tuple[SessionKey, str]], own: Iterable[SessionState], result: ProcessAssignment
) -> None:
    """Assign what the source itself states of each session."""
    for state in own:
        if (state.key, MAIN) in gone:
            result.gone.add(state.key)
        elif state.key not in result.processes and (state.process or state.process_gone):
            result.released.add(state.key)


def _session_of(
    process: SessionProcess, sessions: Iterable[SessionState], taken: Mapping[SessionKey, SessionProcess]
) -> SessionKey:
    candidates = [
        state
        for state in sessions
        if process.cwd in (state.cwd, state.folder) and state.key not in taken and not _is_placeholder(state)
    ]
    had_it = [state for state in candidates if state.process and state.process.pid == process.pid]
    newest = max(had_it or candidates, key=lambda state: state.last_at, default=None)
    return newest.key if newest else SessionKey(process.session.source, f"pid-{process.pid}")


def _is_placeholder(state: SessionState) -> bool:
    """Return True for a session that only a process stands for."""
    return not state.started
