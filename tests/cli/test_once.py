"""`watch --once` prints a frame of the session that the monitor would show."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.sessions import keep, worked, write
from tui_monitor.cli import main

HOSTILE = "\x1b]0;owned\x07\x1b[2J[/bold]\tx\u202e\0\x9b31m 港 e\u0301"
DAY_S = 86_400


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What is printed well."""
    assert main(["watch", "--once", *words]) == 0
    out, error = capsys.readouterr()
    assert error == ""
    return out


def age(path: Path, seconds: float) -> None:
    """Let a file have been written so long ago."""
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_a_session_is_shown(home: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, str(write(worked("/home/ada/engine"), home / "session.jsonl")))
    for part in ("engine", "valve.py", "+1 −1", "make test", "exit 2", "claude-opus-4-6", "Mend the valve."):
        assert part in shown
    assert not (data / "monitoring.db").exists()


def test_the_word_watch_may_be_left_out(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(worked("/home/ada/engine"), home / "session.jsonl")
    assert main(["--once", str(path)]) == 0
    assert "valve.py" in capsys.readouterr().out


def test_hostile_text_is_harmless(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = worked(f"/home/ada/{HOSTILE}", prompt=HOSTILE)
    told.calls(f"mcp__{HOSTILE}__t", "call_9", text=HOSTILE)
    told.result(HOSTILE, call="call_9", error=True)
    shown = printed(capsys, str(write(told, home / "session.jsonl")))
    assert "[/bold]" in shown
    assert all(character == "\n" or character.isprintable() for character in shown)


def test_of_several_sessions_the_one_heard_of_last_is_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = worked("/home/ada/later", "later", "The later one.")
    later.user("And then?", cwd="/home/ada/later")
    write(later, home / "logs" / "later.jsonl")
    write(worked("/home/ada/earlier", "earlier"), home / "logs" / "earlier.jsonl")
    assert "The later one." in printed(capsys, str(home / "logs"))


def test_without_a_path_the_session_of_this_folder_is_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    age(keep(worked(home / "engine", "here", "The one of this folder."), home, "here"), DAY_S)
    keep(worked("/home/ada/elsewhere", "there", "Another one."), home, "there")
    assert "The one of this folder." in printed(capsys)
    assert "The one of this folder." in printed(capsys), "it is found in the store too"


def test_where_none_is_under_way_the_newest_is_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    age(keep(worked("/home/ada/a", "old", "The old one."), home, "old"), 3 * DAY_S)
    age(keep(worked("/home/ada/b", "new", "The newer one."), home, "new"), 2 * DAY_S)
    assert "The newer one." in printed(capsys, "--no-store")


def test_a_store_that_fails_is_told_and_does_not_matter(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("not-a.db").write_text("this is no database, whatever its name says\n" * 20)
    path = write(worked("/home/ada/engine"), home / "session.jsonl")
    shown = printed(capsys, str(path), "--store", "not-a.db")
    assert "valve.py" in shown
    assert f"⚠ {Path.cwd()}" in shown


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ((), 3, "no session was found"),
        (("notes.md",), 3, "notes.md"),
        (("*.nothing",), 3, "no file matches"),
        (("gone.jsonl",), 2, "no existing file"),
    ],
)
def test_nothing_to_show_is_said_in_one_line(
    words: tuple[str, ...], status: int, told: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("notes.md").write_text("# notes\n")
    assert main(["watch", "--once", *words]) == status
    out, error = capsys.readouterr()
    assert out == ""
    assert error.count("\n") == 1
    assert told in error


def test_standard_input_is_read_to_its_end(home: Path) -> None:
    told = worked("/home/ada/engine")
    told.records.insert(0, {"type": "file-history-snapshot", "messageId": "m", "snapshot": {}})
    lines = "".join(json.dumps(record) + "\n" for record in told.records)
    command = [sys.executable, "-m", "tui_monitor", "--once", "-"]
    ran = subprocess.run(
        command, input=lines, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "valve.py" in ran.stdout
