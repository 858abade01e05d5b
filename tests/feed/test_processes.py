"""Killed monitors and two at once store what one clean run stores."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import cache
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from tests.feed.growing import GrowingSessions
from tests.feed.sessions import all_kinds, answers, clean_answers, read_all, write
from tests.feed.worker import INSTRUCTIONS, monitor
from tui_monitor.sources.discovery.registry import BUILT_IN
from tui_monitor.store import open_store, private_store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

FILES = all_kinds(80)
ROLLOUT = 2
KILLS = 20
PATIENCE_S = 20.0


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return the path of the store."""
    return tmp_path / "data" / "monitoring.db"


@pytest.fixture
def growing(tmp_path: Path) -> GrowingSessions:
    """Return sessions of which nothing is written yet."""
    return GrowingSessions(tmp_path / "sessions", FILES, Random(7))


def test_monitor_killed_many_times_stores_what_one_clean_run_does(
    store: Path, growing: GrowingSessions, tmp_path: Path
) -> None:
    random = Random(1)
    offsets = [
        _offset(store, growing.paths[ROLLOUT])
        for rest in range(KILLS, 0, -1)
        if _killed(store, growing, random.randint(1, _steps() // (6 if rest % 3 else 1)), 1 / rest)
    ]
    assert len(offsets) > KILLS // 5, "many died in the middle of their work"
    assert len({*offsets}) > 1, "and not all before they had done any"
    with closing(open_store(store)) as reopened:
        read_all(reopened, growing.paths)
    assert _answers_without_files(store, growing, tmp_path) == clean()


def test_two_monitors_of_the_same_files_store_what_one_does(
    store: Path, growing: GrowingSessions, tmp_path: Path
) -> None:
    monitors = [_start(store, growing) for _ in range(2)]
    try:
        for rest in range(12, 0, -1):
            growing.grow(1 / rest)
            if rest % 4 == 1:
                _wait_for(lambda: _is_stored(store, growing))
    finally:
        _kill(*monitors)
    assert _answers_without_files(store, growing, tmp_path) == clean()


@cache
def clean() -> dict[str, object]:
    """Return the answers after one clean run."""
    return clean_answers(FILES)


@cache
def _steps() -> int:
    """Return the number of database steps of one clean run."""
    steps = count()
    with TemporaryDirectory() as name, closing(private_store(bodies=True)) as counted:
        counted._database.connection.set_progress_handler(lambda: next(steps) and None, INSTRUCTIONS)
        read_all(counted, write(Path(name), FILES))
    return next(steps)


def _killed(store: Path, growing: GrowingSessions, steps: int, share: float) -> bool:
    """Let the files grow beside a monitor that dies after these steps. Return True if it died before storing all."""
    process = _start(store, growing, steps)
    growing.grow(share)
    _wait_for(lambda: not process.is_alive() or _is_stored(store, growing))
    died = process.exitcode == -signal.SIGKILL
    _kill(process)
    return died


def _start(store: Path, growing: GrowingSessions, steps: int | None = None) -> BaseProcess:
    process = _context().Process(target=monitor, args=(store, [str(path) for path in growing.paths], steps))
    process.start()
    return process


@cache
def _context() -> multiprocessing.context.ForkServerContext:
    """Return a context whose processes have the monitor's modules imported already."""
    context = multiprocessing.get_context("forkserver")
    adapters = [place.partition(":")[0] for place in BUILT_IN.values()]
    context.set_forkserver_preload([monitor.__module__, "genai_prices", "watchfiles", *adapters])
    return context


def _kill(*processes: BaseProcess) -> None:
    for process in processes:
        process.kill()
        process.join()
        process.close()


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, "timed out"
        time.sleep(0.02)


def _is_stored(store: Path, growing: GrowingSessions) -> bool:
    """Return True if every complete line is stored."""
    return all(_offset(store, path) >= path.read_bytes().rfind(b"\n") for path in growing.paths)


def _offset(store: Path, path: Path) -> int:
    """Return how many bytes of the file are stored."""
    with closing(open_store(store)) as reopened:
        checkpoints = [checkpoint for checkpoint in reopened.checkpoints("") if checkpoint.path == str(path)]
    return max((int(checkpoint.cursor.split(":")[1]) for checkpoint in checkpoints), default=0)


def _answers_without_files(store: Path, growing: GrowingSessions, folder: Path) -> dict[str, object]:
    for path in growing.paths:
        path.unlink()
    with closing(open_store(store)) as reopened:
        return answers(reopened, folder / "sessions")
