"""Soak: the memory of a monitor while sessions grow, after a minute and in the end.

It takes as long as it measures, so it runs only when it is named: ``make bench ARGS='soak --seconds 600'``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from io import BufferedWriter
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic

from tests.bench.figure import Figure
from tests.bench.idle import cpu_seconds
from tests.bench.terminal import Running, running
from tests.sources.claude_builder import Transcript, tool_use

SECONDS = 180.0
"""Seconds that are measured, after the first minute; see ``--seconds``."""
SETTLE_S = 60.0
SESSIONS = 4
LINES_PER_S = 500
STEP_S = 0.02


def bench() -> Iterator[Figure]:
    """Yield megabytes and the share of a core, on systems with ``/proc`` only."""
    if not Path("/proc/self/statm").exists():
        return
    with TemporaryDirectory() as name:
        folder = Path(name) / "sessions"
        folder.mkdir()
        with _growing(folder), running("-m", "tui_monitor", str(folder), TUI_MONITOR_DATA_DIR=name) as program:
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


@contextmanager
def _growing(folder: Path) -> Iterator[None]:
    """Append lines to the sessions of a folder while inside."""
    stopped = Event()
    thread = Thread(target=_grow, args=(folder, stopped), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _grow(folder: Path, stopped: Event) -> None:
    began, written = monotonic(), 0
    sessions = [Transcript(session=f"11111111-2222-4333-8444-{number:012}") for number in range(SESSIONS)]
    with ExitStack() as stack:
        files = [stack.enter_context((folder / f"{number}.jsonl").open("ab")) for number in range(SESSIONS)]
        while not stopped.wait(STEP_S):
            while written < (monotonic() - began) * LINES_PER_S:
                _append_turn(sessions[written // 2 % SESSIONS], files[written // 2 % SESSIONS], written)
                written += 2


def _append_turn(session: Transcript, file: BufferedWriter, number: int) -> None:
    session.records.clear()
    call = f"call_{number}"
    session.assistant(tool_use(call, "Bash", command=f"pytest -k berth_{number}"), stop="tool_use")
    session.result(f"{number} passed", {"stdout": f"{number} passed", "stderr": "", "interrupted": False}, call)
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    response, result = session.records
    response["message"]["id"] = response["requestId"] = call  # no two sessions share a response
    for part, record in enumerate((response, result)):
        own = {"timestamp": now, "uuid": f"{number:08x}-{part:04x}", "parentUuid": None}
        file.write(json.dumps(record | own).encode() + b"\n")
    file.flush()
