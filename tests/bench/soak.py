"""Soak: the memory of a monitor while sessions grow, after a minute and in the end.

It takes as long as it measures, so it runs only when it is named: ``make bench ARGS='soak --seconds 600'``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figure import Figure
from tests.bench.flood import growing
from tests.bench.idle import cpu_seconds
from tests.bench.terminal import Running, running

SECONDS = 180.0
"""Seconds that are measured, after the first minute; see ``--seconds``."""
SETTLE_S = 60.0
SESSIONS = 4
LINES_PER_S = 500


def bench() -> Iterator[Figure]:
    """Yield megabytes and the share of a core, on systems with ``/proc`` only."""
    if not Path("/proc/self/statm").exists():
        return
    with TemporaryDirectory() as name:
        folder = Path(name) / "sessions"
        folder.mkdir()
        files = [folder / f"{number}.jsonl" for number in range(SESSIONS)]
        with (
            growing(files, LINES_PER_S),
            running("-m", "tui_monitor", str(folder), TUI_MONITOR_DATA_DIR=name) as program,
        ):
            few = _megabytes_after(program, SETTLE_S)
            before = cpu_seconds(program.process.pid)
            many = _megabytes_after(program, SECONDS)
            used = cpu_seconds(program.process.pid) - before
    yield Figure(f"memory after {SECONDS:.0f} s more", many, "MB", few, f"after {SETTLE_S:.0f} s")
    yield Figure(f"{SESSIONS} sessions, {LINES_PER_S} lines/s", 100 * used / SECONDS, "% of a core")


def _megabytes_after(program: Running, seconds: float) -> float:
    program.read_for(seconds)
    pages = Path(f"/proc/{program.process.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6
