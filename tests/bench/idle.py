"""Idling: the monitor's share of a core while its session is quiet."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figure import Figure
from tests.bench.invented import claude_lines, write
from tests.bench.terminal import running

SETTLE_S = 12.0
"""For ten seconds after a change the monitor listens more closely."""
QUIET_S = 10.0


def bench() -> Iterator[Figure]:
    """Yield per cent of a core, on systems with ``/proc`` only."""
    if not Path("/proc/self/stat").exists():
        return
    with TemporaryDirectory() as name:
        path = write(Path(name) / "session.jsonl", claude_lines(300))
        with running("-m", "tui_monitor", str(path), TUI_MONITOR_DATA_DIR=name) as program:
            program.wait_for(b"berths")
            program.read_for(SETTLE_S)
            before = cpu_seconds(program.process.pid)
            program.read_for(QUIET_S)
            used = cpu_seconds(program.process.pid) - before
    yield Figure("idle monitor", 100 * used / QUIET_S, "% of a core")


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of all threads of a process."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = after_name[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
