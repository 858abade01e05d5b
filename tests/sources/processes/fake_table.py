"""A process table that is made up."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from tui_monitor.sources.base import Process


@dataclass
class FakeProcesses:
    """Processes by id, the program that each runs, and the files that each holds open."""

    processes: dict[int, Process] = field(default_factory=dict)
    programs: dict[int, str] = field(default_factory=dict)
    files: dict[int, list[Path]] = field(default_factory=dict)

    def add(self, pid: int, program: str, *files: Path, started: str = "", cwd: str = "", terminal: str = "") -> None:
        self.processes[pid] = Process(pid, started, cwd, terminal)
        self.programs[pid], self.files[pid] = program, list(files)

    def is_alive(self, pid: int, started: str = "") -> bool:
        return pid in self.processes and started in ("", self.processes[pid].started)

    def named(self, programs: Collection[str]) -> list[Process]:
        return [process for pid, process in self.processes.items() if self.programs[pid] in programs]

    def find(self, pid: int) -> Process | None:
        return self.processes.get(pid)

    def open_files(self, pid: int) -> list[Path]:
        return self.files.get(pid, [])

    def has_children(self, pid: int) -> bool | None:
        return None
