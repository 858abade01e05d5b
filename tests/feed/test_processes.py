"""Monitors that are killed, and two at once: what is stored is what one clean run stores."""

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

from tests.feed.sessions import all_kinds, answers, clean_answers, read_all, write
from tests.feed.worker import INSTRUCTIONS, monitor
from tui_monitor.sources.discovery.registry import BUILT_IN
from tui_monitor.store import open_store, private_store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

FILES = all_kinds(80)
ROLLOUT = 2
KILLS = 20
PATIENCE_S = 20.0


class Growing:
    """Sessions in a folder, written piece by piece; pieces end anywhere in a line."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.paths = write(folder, dict.fromkeys(FILES, b""))
        self._left = dict(zip(self.paths, FILES.values(), strict=True))
        self._random = random

    def grow(self, share: float) -> None:
        """Write this share of what is left of each file, in pieces, the files in turns."""
        ends = {path: len(left) - int(len(left) * share) for path, left in self._left.items()}
        while growing := [path for path, end in ends.items() if len(self._left[path]) > end]:
            path = self._random.choice(growing)
            left = self._left[path]
            size = min(self._random.randint(1, 20_000), len(left) - ends[path])
            with path.open("ab") as file:
                file.write(left[:size])
            self._left[path] = left[size:]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "data" / "monitoring.db"


@pytest.fixture
def growing(tmp_path: Path) -> Growing:
    """Sessions of which nothing is written yet."""
    return Growing(tmp_path / "sessions", Random(7))


def test_killed_many_times_while_the_files_grow_it_ends_as_one_clean_run(
    store: Path, growing: Growing, tmp_path: Path
) -> None:
    random = Random(1)
    left_at = [
        _offset(store, growing.paths[ROLLOUT])
        for left in range(KILLS, 0, -1)
        if _killed(store, growing, random.randint(1, _steps() // (6 if left % 3 else 1)), 1 / left)
    ]
    assert len(left_at) > KILLS // 5, "many died in the middle of their work"
    assert len({*left_at}) > 1, "and not all before they had done any"
    with closing(open_store(store)) as kept:
        read_all(kept, growing.paths)
    assert _told_when_all_is_gone(store, growing, tmp_path) == clean()


def test_two_monitors_on_the_same_growing_files_store_what_one_does(
    store: Path, growing: Growing, tmp_path: Path
) -> None:
    monitors = [_start(store, growing) for _ in range(2)]
    try:
        for left in range(12, 0, -1):
            growing.grow(1 / left)
            if left % 4 == 1:
                _wait_for(lambda: _is_stored(store, growing))
    finally:
        _kill(*monitors)
    assert _told_when_all_is_gone(store, growing, tmp_path) == clean()


@cache
def clean() -> dict[str, object]:
    """What one clean run stores."""
    return clean_answers(FILES)


@cache
def _steps() -> int:
    """How many steps of the database one clean run takes."""
    steps = count()
    with TemporaryDirectory() as name, closing(private_store(bodies=True)) as counted:
        counted._database.connection.set_progress_handler(lambda: next(steps) and None, INSTRUCTIONS)
        read_all(counted, write(Path(name), FILES))
    return next(steps)


def _killed(store: Path, growing: Growing, steps: int, share: float) -> bool:
    """Let the files grow beside a monitor that lives for so many steps; whether it died before it had stored all."""
    process = _start(store, growing, steps)
    growing.grow(share)
    _wait_for(lambda: not process.is_alive() or _is_stored(store, growing))
    died = process.exitcode == -signal.SIGKILL
    _kill(process)
    return died


def _start(store: Path, growing: Growing, steps: int | None = None) -> BaseProcess:
    process = _context().Process(target=monitor, args=(store, [str(path) for path in growing.paths], steps))
    process.start()
    return process


@cache
def _context() -> multiprocessing.context.ForkServerContext:
    """Starts processes that have imported already what a monitor needs."""
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
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def _is_stored(store: Path, growing: Growing) -> bool:
    """Whether every line is stored that is complete."""
    return all(_offset(store, path) >= path.read_bytes().rfind(b"\n") for path in growing.paths)


def _offset(store: Path, path: Path) -> int:
    """How far somebody has read the file."""
    with closing(open_store(store)) as kept:
        checkpoints = [checkpoint for checkpoint in kept.checkpoints("") if checkpoint.path == str(path)]
    return max((int(checkpoint.cursor.split(":")[1]) for checkpoint in checkpoints), default=0)


def _told_when_all_is_gone(store: Path, growing: Growing, folder: Path) -> dict[str, object]:
    for path in growing.paths:
        path.unlink()
    with closing(open_store(store)) as kept:
        return answers(kept, folder / "sessions")
