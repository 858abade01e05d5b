"""The process that reads the history for a monitor, and the monitor that has it read."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from tests.cli.sessions import install, short_session
from tui_monitor.cli.feed_opener import feed_opener
from tui_monitor.cli.run_context import current_context
from tui_monitor.config import STORE_NAME
from tui_monitor.feed.deliveries import EventsRead, HistoryProgress
from tui_monitor.store import open_store

WORDS = (sys.executable, "-P", "-m", "tui_monitor.cli.backfill")
TIMEOUT_S = 30


@pytest.fixture
def session(home: Path) -> Path:
    """A session that ended long ago, in another folder than the present one."""
    path = install(short_session("/elsewhere"), home, "11111111-2222-4333-8444-555555555555")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def run(allowed_slices: int) -> subprocess.CompletedProcess[str]:
    """Run the process; it may read so many slices."""
    return subprocess.run(WORDS, input="\n" * allowed_slices, check=False, capture_output=True, text=True)


def stored_calls() -> int:
    with closing(open_store(current_context().data / STORE_NAME)) as store:
        return store.overall().calls


def test_everything_is_read_once(session: Path) -> None:
    size = session.stat().st_size
    for _ in range(2):
        result = run(9)
        assert (result.stderr, result.returncode) == ("", 0)
        assert result.stdout.splitlines()[-1] == f"{size} {size}"
        assert stored_calls() == 2


def test_nothing_is_read_before_it_is_allowed(session: Path) -> None:
    result = run(0)
    assert (result.stdout, result.returncode) == (f"0 {session.stat().st_size}\n", 0)
    assert stored_calls() == 0


def test_store_that_cannot_be_opened_ends_it(session: Path) -> None:
    (current_context().data / STORE_NAME).mkdir(parents=True)
    result = run(9)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 1)


@pytest.mark.parametrize("words", [(), ("backfill = false",)], ids=["usual", "switched off"])
def test_monitor_has_the_history_read_unless_that_is_switched_off(
    words: tuple[str, ...], session: Path, config: Path
) -> None:
    config.write_text("\n".join(["[history]", *words]))
    woken = Event()
    feed = feed_opener(current_context(), (), "", False, reads_history=True)(woken.set)
    assert (feed._backfill is None) == bool(words)
    if words:
        return
    feed.start()
    try:
        progress, events = list[HistoryProgress](), list[EventsRead]()
        while not progress or progress[-1].percentage < 100:
            assert woken.wait(TIMEOUT_S)
            woken.clear()
            deliveries = list(feed.drain())
            progress += (one for one in deliveries if isinstance(one, HistoryProgress))
            events += (one for one in deliveries if isinstance(one, EventsRead))
    finally:
        feed.stop()
    assert stored_calls() == 2
    assert not events


def test_monitor_of_named_sessions_or_without_a_store_has_no_history_read(session: Path) -> None:
    for paths, no_store in (([str(session)], False), ([], True)):
        feed = feed_opener(current_context(), paths, "", no_store, reads_history=True)(Event().set)
        assert feed._backfill is None
