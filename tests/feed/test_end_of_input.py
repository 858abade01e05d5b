"""The end of all pipes is delivered after everything that they gave."""

from __future__ import annotations

import os
import time
from pathlib import Path
from threading import Thread

from tests.cli.sessions import short_session, write
from tests.feed.running import running
from tui_monitor.feed.deliveries import EndOfInput, TotalsUpdated


def feed_pipe(pipe: Path, data: bytes) -> None:
    """Write to a named pipe in a thread of its own, once somebody reads it."""
    Thread(target=pipe.write_bytes, args=(data,), daemon=True).start()


def test_end_of_a_pipe_is_the_last_delivery(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    feed_pipe(pipe, write(short_session("/home/ada/engine"), tmp_path / "session.jsonl").read_bytes())
    with running(pipe) as run:
        run.wait_for(lambda: run.of(EndOfInput))
    kinds = [type(delivery) for delivery in run.deliveries]
    assert kinds.index(TotalsUpdated) < kinds.index(EndOfInput)
    assert kinds.count(EndOfInput) == 1


def test_file_that_cannot_be_a_session_is_the_end(tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# notes\n")
    with running(notes) as run:
        run.wait_for(lambda: run.of(EndOfInput))


def test_pipe_beside_a_file_is_no_end(tmp_path: Path) -> None:
    pipe, file = tmp_path / "pipe", tmp_path / "session.jsonl"
    os.mkfifo(pipe)
    other = write(short_session("/home/ada/other", "other"), tmp_path / "other.jsonl")
    feed_pipe(pipe, other.read_bytes())
    with running(pipe, write(short_session("/home/ada/engine"), file)) as run:
        run.wait_for(lambda: len(run.totals()) == 2)
        time.sleep(0.1)
        run.deliveries.extend(run.feed.drain())
        assert run.of(EndOfInput) == []
