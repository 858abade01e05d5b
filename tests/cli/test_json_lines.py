"""``watch --json`` prints a snapshot as one line whenever something changes, until a signal or its reader ends it."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.following import append, following
from tests.cli.sessions import short_session, write
from tests.reports.test_snapshot import SNAPSHOT
from tui_monitor.cli import main


def calls(line: str) -> list[str]:
    """Return the ids of the calls of the only session of a snapshot."""
    document: Any = json.loads(line)
    jsonschema.validate(document, SNAPSHOT)
    return [call["id"] for session in document["sessions"] for call in session["calls"]]


def has_call(name: str) -> Callable[[str], bool]:
    """Return whether a snapshot has a call."""
    return lambda line: name in calls(line)


@pytest.fixture
def session(home: Path) -> Path:
    """The file of a session."""
    return write(short_session("/home/ada/engine"), home / "session.jsonl")


def next_line() -> str:
    """Return a line that continues that session: one more call."""
    transcript = short_session("/home/ada/engine")
    count = len(transcript.records)
    transcript.calls("Bash", "call_9", command="make clean")
    return "".join(json.dumps(record) + "\n" for record in transcript.records[count:])


def test_each_change_is_one_line(session: Path) -> None:
    with following("watch", "--json", str(session)) as run:
        run.wait_for(has_call("call_2"))
        append(session, next_line())
        run.wait_for(has_call("call_9"))
    assert "call_9" not in calls(run.lines[0])


def test_nothing_is_printed_while_nothing_changes(session: Path) -> None:
    with following("watch", "--json", "--interval", "0", str(session)) as run:
        run.wait_for(has_call("call_2"))
        assert run.signal(signal.SIGINT) == 130
    assert len({json.dumps(json.loads(line)["sessions"]) for line in run.lines}) == len(run.lines)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_ends_it(number: int, status: int, session: Path) -> None:
    with following("watch", "--json", str(session)) as run:
        run.wait_for(has_call("call_2"))
        assert run.signal(number) == status
        assert run.end() == (status, "")


def test_signal_ends_a_write_that_waits_for_its_reader(home: Path, tmp_path: Path) -> None:
    paths = [
        str(write(short_session(f"/home/ada/{number}", f"s-{number}", "x" * 1500), tmp_path / f"{number}.jsonl"))
        for number in range(60)
    ]
    with following("watch", "--json", *paths, reads=False) as run:
        assert run.process.stdout
        run.process.stdout.read(1)  # a pipe holds 64 KiB, and a snapshot of these sessions is larger
        assert run.signal(signal.SIGTERM) == 143


def test_end_of_the_reader_ends_it(session: Path) -> None:
    with following("watch", "--json", str(session), reads=False) as run:
        assert run.process.stdout
        assert "call_2" in calls(run.process.stdout.readline())
        run.process.stdout.close()
        assert run.end() == (0, "")


def test_end_of_standard_input_ends_it(session: Path) -> None:
    with session.open("rb") as file, following("watch", "--json", "-", stdin=file) as run:
        assert run.end() == (0, "")
    last = json.loads(run.lines[-1])
    assert last["sessions"][0]["totals"]["tools"] == 2


def test_input_without_a_session_is_one_line_of_error(home: Path) -> None:
    notes = home / "notes.md"
    notes.write_text("# notes\n")
    with following("watch", "--json", str(notes)) as run:
        status, error = run.end()
    assert (status, run.lines, error.count("\n")) == (3, [], 1)
    assert "notes.md" in error


@pytest.mark.parametrize(
    "words",
    [
        ("--json", "--interval", "-1"),
        ("--json", "--interval", "nan"),
        ("--json", "--interval", "soon"),
        ("--once", "--json", "--interval", "1"),
        ("--interval", "1"),
        ("--json", "--store", "a", "--no-store"),
        ("--json", "gone.jsonl"),
    ],
)
def test_wrong_usage_is_one_line(words: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", *words]) == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
