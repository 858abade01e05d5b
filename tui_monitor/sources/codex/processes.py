"""The processes of Codex: each holds the rollouts of its threads open, and has a lock file for each thread.

A server in the background may hold those of several terminals; commands then run below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from tui_monitor.events import ProcessScan, SessionKey, SessionProcess
from tui_monitor.sources.base import Process, ProcessTable, SearchContext
from tui_monitor.sources.codex.lines import SOURCE
from tui_monitor.sources.codex.rollout_files import PREFIX, RolloutName, root_thread

PROGRAMS = frozenset({"codex"})
_SERVER = "app-server"
_LOCKS = "thread-writer-locks"
"""The folder with a lock file for each thread that a process has; the process removes it at its end."""
_LOCKS_FROM = (0, 171)


def scan(table: ProcessTable, context: SearchContext, roots: Iterable[Path]) -> ProcessScan:
    """Return the sessions of all Codex processes; one that holds no rollout open has not been asked anything yet."""
    found = [process for process in table.named(PROGRAMS) if process.saves_in(context.home)]
    roots = list(roots)
    folders, locks = tuple(f"{root}/" for root in roots), sorted({root.parent / _LOCKS for root in roots})
    processes: list[SessionProcess] = []
    for process in found:
        sessions = sorted(set(_sessions(table.open_files(process.pid), folders)))
        child_at = table.newest_child_at(process.pid) if sessions else None
        processes += [_of(process, session, child_at) for session in sessions or [""]]
    has_server = any(_SERVER in process.arguments for process in found)
    if has_server:  # which serves the terminals: what they show is not known
        processes = [process for process in processes if process.session.id]
    return ProcessScan(
        source=SOURCE,
        processes=tuple(_without_launchers(processes)),
        complete_from=_LOCKS_FROM if all(folder.is_dir() for folder in locks) else (),
        held=frozenset(_locked(locks)),
    )


def _locked(folders: Iterable[Path]) -> Iterator[str]:
    """Yield the threads that a process has, or had when it was killed."""
    for folder in folders:
        with suppress(OSError):
            yield from (file.stem for file in folder.iterdir() if file.suffix == ".lock")


def _sessions(files: Iterable[Path], folders: tuple[str, ...]) -> Iterator[str]:
    for file in files:
        is_rollout = file.name.startswith(PREFIX) and str(file).startswith(folders)
        name = RolloutName.parse(file) if is_rollout else None
        if name:
            yield root_thread(file, name.thread)


def _of(process: Process, session: str, child_at: int | None) -> SessionProcess:
    return SessionProcess(
        session=SessionKey(SOURCE, session),
        pid=process.pid,
        cwd=process.cwd,
        output_at=child_at,
        terminal=process.terminal,
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
