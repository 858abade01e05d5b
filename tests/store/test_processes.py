"""Concurrent and killed processes store the same as one clean run."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.store.builders import read_on
from tests.store.worker import answers, source
from tui_monitor.store import open_store, private_store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@pytest.fixture(scope="module")
def clean_run() -> list[object]:
    """The answers after one run to the end."""
    store = private_store(bodies=True)
    read_on(store, source(), 10)
    expected = answers(store)
    store.close()
    return expected


@pytest.mark.parametrize("seed", range(2))
def test_killed_and_restarted_worker_stores_the_same(path: Path, clean_run: list[object], seed: int) -> None:
    random = Random(seed)
    deaths = [_start(path, random.randint(1, 40), random.randint(1, 400)).wait() for _ in range(3)]
    assert set(deaths) <= {0, -signal.SIGKILL}
    assert deaths[0] == -signal.SIGKILL
    assert _start(path, 10).wait() == 0
    assert _answers(path) == clean_run


def test_concurrent_workers_store_the_same(path: Path, clean_run: list[object]) -> None:
    workers = [_start(path, 3), _start(path, 5)]
    assert [worker.wait() for worker in workers] == [0, 0]
    assert _answers(path) == clean_run


def _answers(path: Path) -> list[object]:
    store = open_store(path)
    stored = answers(store)
    store.close()
    return stored


def _start(path: Path, *arguments: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.store.worker", str(path), *map(str, arguments)]
    return subprocess.Popen(command, cwd=Path(__file__).parents[2])
