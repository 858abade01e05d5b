"""The forms of ``watch`` without a screen, in this process: they read standard input to its end."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.sessions import short_session, write
from tui_monitor.cli import main


@pytest.fixture
def pipe_in(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[bytes], None]]:
    """Makes bytes the standard input, whose end has come."""
    original = os.dup(0)

    def give(content: bytes) -> None:
        reading, writing = os.pipe()
        os.write(writing, content)
        os.close(writing)
        os.dup2(reading, 0)
        os.close(reading)

    yield give
    os.dup2(original, 0)
    os.close(original)


@pytest.fixture
def session(home: Path) -> bytes:
    """The lines of a session."""
    return write(short_session("/home/ada/engine"), home / "session.jsonl").read_bytes()


def test_events_of_a_pipe_are_lines(
    session: bytes, pipe_in: Callable[[bytes], None], capfd: pytest.CaptureFixture[str]
) -> None:
    pipe_in(session)
    assert main(["watch", "--plain", "-", "--no-store"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert [line[8:].split(maxsplit=1)[1] for line in lines] == [
        "› Mend the valve.",
        "✓ Edit valve.py  +1 −1  1s",
        "✗ Bash make test  exit 2  1s  ↳ 1 failed",
        "✓ DONE: “It still leaks.”",
    ]


def test_states_of_a_pipe_are_snapshots(
    session: bytes, pipe_in: Callable[[bytes], None], capfd: pytest.CaptureFixture[str]
) -> None:
    pipe_in(session)
    assert main(["watch", "--json", "-", "--no-store"]) == 0
    last = json.loads(capfd.readouterr().out.splitlines()[-1])
    (only,) = last["sessions"]
    assert (only["state"]["word"], len(only["calls"])) == ("IDLE", 2)


def test_pipe_without_a_session_is_one_error(
    home: Path, pipe_in: Callable[[bytes], None], capfd: pytest.CaptureFixture[str]
) -> None:
    pipe_in(b"no session\n")
    assert main(["watch", "--plain", "-", "--no-store"]) == 3
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("tui-monitor: ")
    assert err.count("\n") == 1
