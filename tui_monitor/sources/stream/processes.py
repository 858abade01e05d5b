"""The processes that the lines of a stream state to run its sessions and agents, until a line states their end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NamedTuple

from tui_monitor.events import MAIN, AgentStatus, ProcessScan, SessionKey, SessionProcess
from tui_monitor.process_identity import process_space
from tui_monitor.sources.base import ProcessTable, Record
from tui_monitor.sources.shared.fields import number, put_bounded, text
from tui_monitor.sources.stream.origin import MAX_ENTRIES, SOURCE, LineOrigin

MAX_STREAMS = 1024
_MAX_PROCESSES = 8
"""Processes of one agent: workers may share a session."""
_CLOCK_MS = 5_000
"""Error of the time at which a process began."""
_RUNNING = (AgentStatus.STARTING, AgentStatus.RUNNING)


class StatedProcess(NamedTuple):
    """A process as a line states it: its id, when it began in its machine's own form, the space of its id (both empty:
    unknown), and the time of the line (epoch ms)."""

    pid: int
    started: str
    space: str
    at: int


@dataclass(slots=True)
class StatedProcesses:
    """The processes of one stream, by session and agent. Written by its parser, read by the thread that looks at
    processes."""

    agents: dict[str, list[StatedProcess]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    @classmethod
    def restored(cls, saved: dict[str, list[list[Any]]]) -> StatedProcesses:
        """Return those of an earlier `state`."""
        return cls({key: [StatedProcess(*values) for values in processes] for key, processes in saved.items()})

    def state(self) -> dict[str, list[list[object]]]:
        """Return them as JSON values."""
        return {key: [list(process) for process in processes] for key, processes in self.agents.items()}

    def update(self, record: Record, origin: LineOrigin, status: AgentStatus | None) -> None:
        """Take the process of an agent's line, or drop those of one that has ended."""
        key = f"{origin.session.id}\n{origin.agent}"
        pid = number(record.get("process_id"))
        with self.lock:
            if status is not None and status not in _RUNNING:
                self.agents.pop(key, None)
            elif pid:
                started, space = text(record.get("process_started")), text(record.get("process_space"))
                others = [process for process in self.agents.get(key, []) if process.pid != pid]
                processes = [*others, StatedProcess(pid, started, space, origin.at)][-_MAX_PROCESSES:]
                put_bounded(self.agents, key, processes, MAX_ENTRIES)

    def items(self) -> list[tuple[SessionKey, str, list[StatedProcess]]]:
        """Return sessions and agents with their processes."""
        with self.lock:
            entries = list(self.agents.items())
        keys = ((*key.partition("\n")[::2], processes) for key, processes in entries)
        return [(SessionKey(SOURCE, session), agent, processes) for session, agent, processes in keys]


class ProcessLookup:
    """Looks the stated processes up among those of this machine. One that is gone stays so."""

    def __init__(self) -> None:
        self._gone: set[StatedProcess] = set()
        self._space = process_space()

    def scan(self, streams: Iterable[StatedProcesses], table: ProcessTable) -> ProcessScan:
        """Return the sessions whose processes live, and the sessions and agents of which none does."""
        living: list[SessionProcess] = []
        gone: list[tuple[SessionKey, str]] = []
        stated: set[StatedProcess] = set()
        for session, agent, processes in (item for stream in streams for item in stream.items()):
            stated.update(processes)
            known = [process for process in processes if process.space in ("", self._space)]
            alive = [process for process in known if self._lives(process, table)]
            if alive and agent == MAIN:
                living.append(_session_process(session, alive[-1].pid, table))
            elif known and not alive and len(known) == len(processes):
                gone.append((session, agent))
        self._gone &= stated
        return ProcessScan(source=SOURCE, processes=tuple(living), gone=frozenset(gone))

    def _lives(self, process: StatedProcess, table: ProcessTable) -> bool:
        if process in self._gone:
            return False
        if table.is_alive(process.pid, process.started) and not _is_another(process, table):
            return True
        self._gone.add(process)
        return False


def _is_another(process: StatedProcess, table: ProcessTable) -> bool:
    """Return True if the process that has this id now began after the line: only where its own start is not stated."""
    if process.started or not process.at:
        return False
    began_at = table.began_at(process.pid)
    return began_at is not None and began_at > process.at + _CLOCK_MS


def _session_process(session: SessionKey, pid: int, table: ProcessTable) -> SessionProcess:
    process = table.find(pid)
    terminal = process.terminal if process else ""
    cwd = process.cwd if process else ""
    return SessionProcess(session=session, pid=pid, cwd=cwd, states_calls=True, terminal=terminal)
