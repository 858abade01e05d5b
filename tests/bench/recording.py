"""Recording: what an event costs the agent beyond the bare write of its bytes, and the memory of very many."""

from __future__ import annotations

import gc
import os
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns

from tests.bench.figure import Figure
from tui_monitor.telemetry import ToolExecution, execution, record_persistent, record_usage, session
from tui_monitor.telemetry.recorder.streams import STREAMS

EVENTS = 20_000
FEW, MANY = 10_000, 100_000
ARGUMENTS = {"command": "make test -k berths", "timeout": 30}
OUTPUT = "31 passed, 1 skipped in 0.53s; see src/harbour/berths.py line 42; the tide is high "


def bench() -> Iterator[Figure]:
    """Microseconds at the median, and megabytes held."""
    with TemporaryDirectory() as name:
        os.environ["TUI_MONITOR_DATA_DIR"] = name
        with session("harbour"):
            yield from _costs(Path(name))
            yield from _memory()
        STREAMS.close()


def _costs(folder: Path) -> Iterator[Figure]:
    finished = ToolExecution.start("bash", ARGUMENTS).complete_success(OUTPUT * 2, timedelta(milliseconds=15))
    record_persistent(finished)
    line = (folder / "streams" / "harbour.jsonl").read_bytes().splitlines(keepends=True)[-1]
    bare = _microseconds(_bare_write(folder / "bare", line))
    against = f"os.write of {len(line)} bytes"
    yield Figure("record an execution", _microseconds(lambda: record_persistent(finished)), "µs", bare, against)
    yield Figure("record a response", _microseconds(lambda: record_usage("gpt-4o", 9, 8)), "µs", bare, against)
    yield Figure("with execution(…), two events", _microseconds(_run), "µs", 2 * bare, f"twice {against}")


def _memory() -> Iterator[Figure]:
    tracemalloc.start()
    try:
        few, many = _held_after(FEW), _held_after(MANY - FEW)
    finally:
        tracemalloc.stop()
    yield Figure(f"memory after {MANY:,} executions", many, "MB", few, f"after {FEW:,}")


def _held_after(events: int) -> float:
    for _ in range(events):
        _run()
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / 1e6


def _run() -> None:
    with execution("bash", ARGUMENTS) as begun:
        begun.output = OUTPUT


def _bare_write(path: Path, line: bytes) -> Callable[[], object]:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return lambda: os.write(descriptor, line)


def _microseconds(work: Callable[[], object]) -> float:
    durations = []
    for _ in range(EVENTS):
        began = perf_counter_ns()
        work()
        durations.append(perf_counter_ns() - began)
    return median(durations) / 1000
