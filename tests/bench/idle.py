"""Idling: the monitor's share of a core while its session is quiet, and among many sessions of which six are live."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figure import Figure
from tests.bench.home import Home
from tests.bench.invented import claude_lines, write
from tests.bench.terminal import Running, running

SETTLE_S = 12.0
"""For ten seconds after a change the monitor listens more closely."""
QUIET_S = 10
FIRST_S = 5.0
"""Until the sessions of a home folder are found and read."""


def bench() -> Iterator[Figure]:
    """Yield per cent of a core, on systems with ``/proc`` only."""
    if not Path("/proc/self/stat").exists():
        return
    with TemporaryDirectory() as name:
        path = write(Path(name) / "session.jsonl", claude_lines(300))
        with running("-m", "tui_monitor", str(path), TUI_MONITOR_DATA_DIR=name) as program:
            program.wait_for(b"berths")
            program.read_for(SETTLE_S)
            yield _share("idle monitor", program)
    with TemporaryDirectory() as name:
        home = Home(Path(name))
        yield from _among_others(home, home.work / "project_0", "six live of 700")
        yield from _among_others(home, home.work, "list of six live of 700")


def _among_others(home: Home, cwd: Path, name: str) -> Iterator[Figure]:
    """Yield the shares while nothing happens, and while one session writes a line each second."""
    data = str(home.folder / "data")
    with running("-m", "tui_monitor", cwd=str(cwd), HOME=str(home.folder), TUI_MONITOR_DATA_DIR=data) as program:
        program.wait_for(b"project_")
        program.read_for(FIRST_S + SETTLE_S)
        yield _share(f"{name}, at rest", program)
        yield _share(f"{name}, a line each second", program, home.append)


def _share(name: str, program: Running, work: Callable[[], object] = lambda: None) -> Figure:
    """Return per cent of a core, while ``work`` is done once a second."""
    before = cpu_seconds(program.process.pid)
    for _ in range(QUIET_S):
        work()
        program.read_for(1.0)
    return Figure(name, 100 * (cpu_seconds(program.process.pid) - before) / QUIET_S, "% of a core")


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of all threads of a process."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = after_name[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
