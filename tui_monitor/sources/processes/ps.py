"""The processes of this user where the programs ``ps`` and ``lsof`` list them: on macOS."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from tui_monitor.sources.base import Process

_COLUMNS = ("pid=", "ppid=", "tty=", "lstart=", "args=")
_START_WORDS = 5
"""``lstart`` is five words, such as ``Mon Nov 30 09:15:02 2026``."""
_KEEP_S = 2.0
"""Seconds for which a listing is good: each one starts a program."""
_TIMEOUT_S = 3.0

_START_FORMAT = "%a %b %d %H:%M:%S %Y"

Run = Callable[[Sequence[str]], str]
"""Runs a command line and returns what it prints; empty if it fails."""


def run(command: Sequence[str]) -> str:
    """Run a program that lists processes."""
    try:
        result = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return result.stdout.decode(errors="replace")


class _Row:
    """One line of ``ps``."""

    def __init__(self, line: str) -> None:
        pid, parent, terminal, rest = line.split(None, 3)
        words = rest.split(None, _START_WORDS)
        self.pid, self.parent = int(pid), int(parent)
        self.terminal = "" if terminal.startswith("?") else f"/dev/{terminal}"
        self.started = " ".join(words[:_START_WORDS])
        self.started_at = int(time.mktime(time.strptime(self.started, _START_FORMAT)) * 1000)
        self.arguments = tuple("".join(words[_START_WORDS:]).split())
        self.programs = [word.rpartition("/")[2] for word in self.arguments[:2]]


class ListedProcesses:
    """The process table as programs print it. A listing is asked for again after a while."""

    def __init__(self, run: Run = run, clock: Callable[[], float] = time.monotonic) -> None:
        self._run = run
        self._clock = clock
        self._rows: dict[int, _Row] = {}
        self._list_at = 0.0

    def namespace(self) -> str:
        """Return nothing: there is but one."""
        return ""

    def is_alive(self, pid: int, started: str = "") -> bool:
        """Return True if the process lives; its start cannot be compared with that of another tool."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except OSError:  # another user's
            return True
        return True

    def named(self, programs: Collection[str]) -> list[Process]:
        """Return the processes of this user that run one of these programs."""
        rows = [row for row in self._list().values() if any(program in programs for program in row.programs)]
        return [process for row in rows if (process := self.find(row.pid))]

    def find(self, pid: int) -> Process | None:
        """Return a process; None if it is not in the listing."""
        row = self._list().get(pid)
        return Process(pid, row.started, row.arguments, self._cwd(pid), terminal=row.terminal) if row else None

    def open_files(self, pid: int) -> list[Path]:
        """Return the files that a process holds open."""
        names = self._run(["lsof", "-a", "-p", str(pid), "-Fn"]).splitlines()
        return [Path(name[1:]) for name in names if name.startswith("n/")]

    def began_at(self, pid: int) -> int | None:
        """Return when a process in the listing began."""
        row = self._list().get(pid)
        return row.started_at if row else None

    def newest_child_at(self, pid: int) -> int | None:
        """Return when the newest child of a process in the listing began."""
        return max((row.started_at for row in self._list().values() if row.parent == pid), default=0)

    def _cwd(self, pid: int) -> str:
        names = self._run(["lsof", "-a", "-p", str(pid), "-d", "cwd", "-Fn"]).splitlines()
        return next((name[1:] for name in names if name.startswith("n/")), "")

    def _list(self) -> dict[int, _Row]:
        if self._clock() >= self._list_at:
            self._rows = {}
            arguments = [word for column in _COLUMNS for word in ("-o", column)]
            for line in self._run(["ps", "-x", *arguments]).splitlines():
                try:
                    row = _Row(line)
                except ValueError:
                    continue
                self._rows[row.pid] = row
            self._list_at = self._clock() + _KEEP_S
        return self._rows
