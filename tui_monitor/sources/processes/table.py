"""The process table of the operating system this runs on."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

from tui_monitor.sources.base import Process, ProcessTable


class NoProcesses:
    """A process table where the operating system is not asked: nothing is known, and every process may live."""

    def namespace(self) -> str:
        """Return nothing."""
        return ""

    def is_alive(self, pid: int, started: str = "") -> bool:
        """Return True."""
        return True

    def named(self, programs: Collection[str]) -> list[Process]:
        """Return nothing."""
        return []

    def find(self, pid: int) -> Process | None:
        """Return None."""
        return None

    def open_files(self, pid: int) -> list[Path]:
        """Return nothing."""
        return []

    def began_at(self, pid: int) -> int | None:
        """Return None."""
        return None

    def newest_child_at(self, pid: int) -> int | None:
        """Return None."""
        return None


def process_table() -> ProcessTable:
    """Return the table of this operating system: Linux has files of them, macOS a program; elsewhere none is read."""
    platform: str = sys.platform  # else a type checker knows only its own
    if platform == "linux":
        from tui_monitor.sources.processes.linux import LinuxProcesses

        return LinuxProcesses()
    if platform == "darwin":
        from tui_monitor.sources.processes.ps import ListedProcesses

        return ListedProcesses()
    return NoProcesses()
