"""The processes of Codex: each holds the rollouts of its threads open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tui_monitor.events import ProcessScan, SessionKey, SessionProcess
from tui_monitor.sources.base import Process, ProcessTable
from tui_monitor.sources.codex.lines import SOURCE
from tui_monitor.sources.codex.rollout_files import PREFIX, RolloutName, root_thread

PROGRAMS = frozenset({"codex"})


def scan(table: ProcessTable) -> ProcessScan:
    """Return the sessions of all Codex processes; one that holds no rollout open has not been asked anything yet."""
    processes: list[SessionProcess] = []
    for process in table.named(PROGRAMS):
        sessions = sorted(set(_sessions(table.open_files(process.pid))))
        processes += [_of(process, session) for session in sessions or [""]]
    return ProcessScan(source=SOURCE, processes=tuple(_without_launchers(processes)))


def _sessions(files: Iterable[Path]) -> Iterable[str]:
    for file in files:
        name = RolloutName.parse(file) if file.name.startswith(PREFIX) else None
        if name:
            yield root_thread(file, name.thread)


def _of(process: Process, session: str) -> SessionProcess:
    return SessionProcess(
        session=SessionKey(SOURCE, session), pid=process.pid, cwd=process.cwd, terminal=process.terminal
    )


def _without_launchers(processes: Sequence[SessionProcess]) -> list[SessionProcess]:
    """Keep one process of those that share a terminal and a folder: a script may have started the program."""
    by_place: dict[tuple[str, str], list[SessionProcess]] = {}
    for process in processes:
        by_place.setdefault((process.terminal, process.cwd), []).append(process)
    kept: list[SessionProcess] = []
    for sharing in by_place.values():
        kept += [process for process in sharing if process.session.id] or sharing[-1:]
    return kept
