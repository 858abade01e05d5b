"""A process table that is made up."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui_monitor.sources.base import Process


@dataclass
class FakeProcesses:
    """Processes by id, the program that each runs, the files that each holds open, and when its newest child began."""

    processes: dict[int, Process] = field(default_factory=dict)
    programs: dict[int, str] = field(default_factory=dict)
    files: dict[int, list[Path]] = field(default_factory=dict)
    children: dict[int, int] = field(default_factory=dict)
    beginnings: dict[int, int] = field(default_factory=dict)

    def add(self, pid: int, program: str, *files: Path, **fields: Any) -> None:
        self.processes[pid] = Process(pid, **fields)
        self.programs[pid], self.files[pid] = program, list(files)

    def namespace(self) -> str:
        return "pid:[1]"

    def is_alive(self, pid: int, started: str = "") -> bool:
        return pid in self.processes and started in ("", self.processes[pid].started)

    def named(self, programs: Collection[str]) -> list[Process]:
        return [process for pid, process in self.processes.items() if self.programs[pid] in programs]

    def find(self, pid: int) -> Process | None:
        return self.processes.get(pid)

    def open_files(self, pid: int) -> list[Path]:
        return self.files.get(pid, [])

    def began_at(self, pid: int) -> int | None:
        return self.beginnings.get(pid)

    def newest_child_at(self, pid: int) -> int | None:
        return self.children.get(pid)
