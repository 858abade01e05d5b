"""The processes of this user on Linux, read from ``/proc``."""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from tui_monitor.process_identity import STARTED, is_running, status_fields
from tui_monitor.sources.base import Process

_TERMINAL = 4
"""The field of `status_fields` that names the controlling terminal."""
_PSEUDO_TERMINALS = range(136, 144)
_MAX_COMMAND = 4096
_MAX_ENVIRONMENT = 128 * 1024
_MAX_FILES = 1024
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
"""Units in a second in which the kernel gives times."""
_YOUNG_MS = 5_000
"""Age up to which a process may still become another program."""
_FORGET_S = 30.0
"""Seconds after which processes are looked at again: their ids may be new ones'."""
_LISTED_S = 0.1
"""Seconds for which a list of all processes is good."""


class LinuxProcesses:
    """The process table in the folder ``root``. What a process runs is not looked at again for a while, so that looking
    often, for many programs, costs little."""

    def __init__(self, root: Path = Path("/proc")) -> None:
        self._root = os.fspath(root)
        self._programs: dict[str, tuple[str, ...]] = {}
        """The names of the file and of the first argument, by process; empty for those of others."""
        self._starts: dict[tuple[int, str], tuple[tuple[str, ...], str]] = {}
        self._forget_at = self._list_at = 0.0
        self._pids: dict[str, list[int]] = {}
        """The processes of each program at the last listing."""

    def namespace(self) -> str:
        """Return the name of this process' space of ids, such as ``pid:[4026531836]``; that of a container differs."""
        with suppress(OSError):
            return os.readlink(f"{self._root}/self/ns/pid")  # noqa: PTH115  (cheaper)
        return ""

    def is_alive(self, pid: int, started: str = "") -> bool:
        """Return True if the process lives; ``started`` is field 22 of its ``stat``, ticks since the machine's."""
        return is_running(status_fields(pid, self._root), started)

    def named(self, programs: Collection[str]) -> list[Process]:
        """Return the processes of this user that run one of these programs."""
        pids = self._list()
        running = sorted({pid for program in programs for pid in pids.get(program, ())})
        return [process for pid in running if (process := self.find(pid))]

    def find(self, pid: int) -> Process | None:
        """Return a process; None if it is gone or another user's."""
        fields = status_fields(pid, self._root)
        if not is_running(fields) or not self._is_own(str(pid)):
            return None
        cwd = ""
        with suppress(OSError):
            cwd = os.readlink(f"{self._root}/{pid}/cwd")  # noqa: PTH115  (cheaper)
        arguments, home = self._start_of(pid, fields[STARTED])
        return Process(pid, fields[STARTED], arguments, cwd, home, _terminal(int(fields[_TERMINAL])))

    def open_files(self, pid: int) -> list[Path]:
        """Return the files that a process of this user holds open."""
        folder, paths = f"{self._root}/{pid}/fd", []
        with suppress(OSError):
            for name in os.listdir(folder)[:_MAX_FILES]:  # noqa: PTH208  (cheaper)
                with suppress(OSError):
                    paths.append(os.readlink(f"{folder}/{name}"))  # noqa: PTH115  (cheaper)
        return [Path(path) for path in paths if path.startswith("/")]

    def began_at(self, pid: int) -> int | None:
        """Return when a process began; None if it is gone."""
        with suppress(OSError):
            return self._began_at(str(pid)) or None
        return None

    def newest_child_at(self, pid: int) -> int | None:
        """Return when the newest child of all threads of a process began."""
        newest: int | None = None
        with suppress(OSError):
            for thread in os.listdir(f"{self._root}/{pid}/task"):  # noqa: PTH208  (cheaper)
                with suppress(OSError):
                    children = self._read(f"{pid}/task/{thread}/children").decode().split()
                    newest = max(newest or 0, *map(self._began_at, children), 0)
        return newest

    def _began_at(self, pid: str) -> int:
        fields = status_fields(pid, self._root)
        if not fields:
            return 0
        uptime = float(self._read("uptime").split()[0])  # each time: the clock may be set
        return int((time.time() - uptime) * 1000) + int(fields[STARTED]) * 1000 // _TICKS

    def _list(self) -> dict[str, list[int]]:
        """Return the ids of all processes by program; for several questions at once they are listed once."""
        now = time.monotonic()
        if now >= self._forget_at:
            self._forget_at = now + _FORGET_S
            self._programs.clear()
            self._starts.clear()
        if now >= self._list_at:
            self._list_at = now + _LISTED_S
            with suppress(OSError):
                names = os.listdir(self._root)  # noqa: PTH208  (cheaper)
                self._pids = {}
                for name in filter(str.isdecimal, names):
                    for program in self._programs_of(name):
                        self._pids.setdefault(program, []).append(int(name))
        return self._pids

    def _programs_of(self, pid: str) -> tuple[str, ...]:
        names = self._programs.get(pid)
        if names is None:
            words = self._arguments(pid)[:2] if self._is_own(pid) else ()
            names = tuple(word.rpartition("/")[2] for word in words)
            if time.time() * 1000 - self._began_at(pid) > _YOUNG_MS:
                self._programs[pid] = names
        return names

    def _is_own(self, pid: str) -> bool:
        try:
            return os.stat(f"{self._root}/{pid}").st_uid == os.getuid()  # noqa: PTH116  (cheaper)
        except OSError:
            return False

    def _arguments(self, pid: str) -> tuple[str, ...]:
        with suppress(OSError):
            return tuple(self._read(f"{pid}/cmdline").decode(errors="replace").rstrip("\0").split("\0"))
        return ()

    def _start_of(self, pid: int, started: str) -> tuple[tuple[str, ...], str]:
        """Return with which arguments and which home folder a process was started."""
        start = self._starts.get((pid, started))
        if start is None:
            start = (self._arguments(str(pid)), self._home(pid))
            if time.time() * 1000 - self._began_at(str(pid)) > _YOUNG_MS:
                self._starts[pid, started] = start
        return start

    def _home(self, pid: int) -> str:
        with suppress(OSError):
            for variable in self._read(f"{pid}/environ", _MAX_ENVIRONMENT).split(b"\0"):
                if variable.startswith(b"HOME="):
                    return os.fsdecode(variable[5:])
        return ""

    def _read(self, name: str, limit: int = _MAX_COMMAND) -> bytes:
        descriptor = os.open(f"{self._root}/{name}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.read(descriptor, limit)
        finally:
            os.close(descriptor)


def _terminal(number: int) -> str:
    """Return the device of a controlling terminal by its number; empty for none, and for other devices."""
    major, minor = (number >> 8) & 0xFFF, (number & 0xFF) | ((number >> 12) & 0xFFF00)
    if major not in _PSEUDO_TERMINALS:
        return f"/dev/tty{minor}" if major == 4 else ""
    return f"/dev/pts/{(major - _PSEUDO_TERMINALS.start) * 256 + minor}"
