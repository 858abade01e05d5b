"""The thread beside the process that reads the history."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import pytest

from tui_monitor.feed import backfill
from tui_monitor.feed.backfill import HistoryBackfill
from tui_monitor.feed.deliveries import Delivery, HistoryProgress

TIMEOUT_S = 20
READING = """
import sys
from pathlib import Path
for n in range(4):
    print(n, 4, flush=True)
    if not sys.stdin.readline():
        sys.exit()
    Path(sys.argv[1]).open("a").write("slice ")
"""
ENDLESS = "import time; print(0, 4, flush=True); time.sleep(600)"


class Harness:
    """A backfill with a made-up process, whose slices are counted in a file."""

    def __init__(self, folder: Path, code: str = READING) -> None:
        self.slices = folder / "slices"
        self.quiet = threading.Event()
        self.stopped = threading.Event()
        self.delivered = Queue[Delivery]()
        words = (sys.executable, "-c", code, str(self.slices))
        self.thread = HistoryBackfill(words, folder, self.quiet.is_set, self.delivered.put, self.stopped)

    def percentage(self) -> int:
        delivery = self.delivered.get(timeout=TIMEOUT_S)
        assert isinstance(delivery, HistoryProgress)
        return delivery.percentage

    def join(self) -> None:
        self.thread.join(TIMEOUT_S)
        assert not self.thread.is_alive()


@contextmanager
def started(harness: Harness) -> Iterator[Harness]:
    harness.thread.start()
    try:
        yield harness
    finally:
        harness.thread.stop()
        harness.join()


def test_progress_is_delivered_while_it_is_quiet(tmp_path: Path) -> None:
    harness = Harness(tmp_path)
    harness.quiet.set()
    with started(harness):
        assert [harness.percentage() for _ in range(5)] == [0, 25, 50, 75, 100]
        harness.join()
    assert harness.slices.read_text().split() == ["slice"] * 4


def test_no_slice_is_read_while_the_live_session_has_something(tmp_path: Path) -> None:
    harness, seen = Harness(tmp_path), list[tuple[bool, str]]()

    def is_quiet() -> bool:
        is_quiet = len(seen) % 4 == 3
        seen.append((is_quiet, harness.slices.read_text() if harness.slices.exists() else ""))
        return is_quiet

    words = (sys.executable, "-c", READING, str(harness.slices))
    harness.thread = HistoryBackfill(words, tmp_path, is_quiet, harness.delivered.put, harness.stopped)
    with started(harness):
        assert [harness.percentage() for _ in range(5)] == [0, 25, 50, 75, 100]
    assert [len(done.split()) for is_quiet, done in seen] == [0] * 8 + [1] * 4 + [2] * 4 + [3] * 4
    assert [is_quiet for is_quiet, _ in seen].count(True) == 5


def test_process_is_ended_at_once(tmp_path: Path) -> None:
    harness = Harness(tmp_path, ENDLESS)
    harness.quiet.set()
    with started(harness):
        assert harness.percentage() == 0
    assert harness.percentage() == 100


def test_one_monitor_of_a_folder_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "RETRY_S", 0.01)
    first, second = Harness(tmp_path, ENDLESS), Harness(tmp_path)
    first.quiet.set()
    with started(first):
        assert first.percentage() == 0
        second.quiet.set()
        second.thread.start()
        assert second.delivered.empty()
    assert [second.percentage() for _ in range(5)] == [0, 25, 50, 75, 100]
    second.join()


def test_process_that_cannot_be_started_is_no_failure(tmp_path: Path) -> None:
    harness = Harness(tmp_path)
    harness.thread = HistoryBackfill(
        ("/nowhere/python",), tmp_path, lambda: True, harness.delivered.put, harness.stopped
    )
    harness.thread.start()
    harness.join()
    assert harness.delivered.empty()
