"""``watch --once`` prints a frame of the session that the monitor would show."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import jsonschema
import pytest

from tests.cli.sessions import install, short_session, write
from tests.reports.test_snapshot import SNAPSHOT
from tui_monitor.cli import main

HOSTILE = "\x1b]0;owned\x07\x1b[2J[/bold]\tx\u202e\0\x9b31m 港 e\u0301"
DAY_S = 86_400


def frame(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the frame that is printed."""
    assert main(["watch", "--once", *words]) == 0
    out, error = capsys.readouterr()
    assert error == ""
    return out


def age(path: Path, seconds: float) -> None:
    """Set the time of a file so long ago."""
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_session_is_printed(home: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = frame(capsys, str(write(short_session("/home/ada/engine"), home / "session.jsonl")))
    for part in ("engine", "valve.py", "+1 −1", "make test", "exit 2", "claude-opus-4-6", "Mend the valve."):
        assert part in text
    assert not (data / "monitoring.db").exists()


def test_command_name_is_optional(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(short_session("/home/ada/engine"), home / "session.jsonl")
    assert main(["--once", str(path)]) == 0
    assert "valve.py" in capsys.readouterr().out


def test_hostile_text_is_harmless(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    transcript = short_session(f"/home/ada/{HOSTILE}", prompt=HOSTILE)
    transcript.calls(f"mcp__{HOSTILE}__t", "call_9", text=HOSTILE)
    transcript.result(HOSTILE, call="call_9", error=True)
    text = frame(capsys, str(write(transcript, home / "session.jsonl")))
    assert "[/bold]" in text
    assert all(character == "\n" or character.isprintable() for character in text)


def test_ascii_setting_applies(home: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write(short_session("/home/ada/engine"), home / "session.jsonl"))
    before = frame(capsys, path)
    config.write_text("display.ascii = true\n")
    after = frame(capsys, path)
    assert not before.isascii()
    assert after.isascii()
    assert "+1 -1" in after


def test_last_active_session_of_several_is_printed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = short_session("/home/ada/later", "later", "The later one.")
    later.user("And then?", cwd="/home/ada/later")
    write(later, home / "logs" / "later.jsonl")
    write(short_session("/home/ada/earlier", "earlier"), home / "logs" / "earlier.jsonl")
    assert "The later one." in frame(capsys, str(home / "logs"))


def test_session_of_this_folder_is_printed_without_a_path(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    age(install(short_session(home / "engine", "here", "The one of this folder."), home, "here"), DAY_S)
    install(short_session("/home/ada/elsewhere", "there", "Another one."), home, "there")
    assert "The one of this folder." in frame(capsys)
    assert "The one of this folder." in frame(capsys), "it is found in the store too"


def test_newest_session_is_printed_when_none_is_live(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    age(install(short_session("/home/ada/a", "old", "The old one."), home, "old"), 3 * DAY_S)
    age(install(short_session("/home/ada/b", "new", "The newer one."), home, "new"), 2 * DAY_S)
    assert "The newer one." in frame(capsys, "--no-store")


def test_unusable_store_is_shown_in_the_frame(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("not-a.db").write_text("this is no database, whatever its name says\n" * 20)
    path = write(short_session("/home/ada/engine"), home / "session.jsonl")
    assert main(["watch", "--once", str(path), "--store", "not-a.db"]) == 0
    text, error = capsys.readouterr()
    assert "valve.py" in text
    assert f"⚠ {Path.cwd()}" in text
    assert "not-a.db is not a database" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        ((), 3, "no session was found"),
        (("notes.md",), 3, "notes.md"),
        (("*.nothing",), 3, "no file matches"),
        (("gone.jsonl",), 2, "not an existing file"),
    ],
)
def test_missing_session_is_one_line(
    words: tuple[str, ...], status: int, text: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("notes.md").write_text("# notes\n")
    assert main(["watch", "--once", *words]) == status
    out, error = capsys.readouterr()
    assert out == ""
    assert error.count("\n") == 1
    assert text in error


def test_standard_input_is_read_to_its_end(home: Path) -> None:
    transcript = short_session("/home/ada/engine")
    transcript.records.insert(0, {"type": "file-history-snapshot", "messageId": "m", "snapshot": {}})
    lines = "".join(json.dumps(record) + "\n" for record in transcript.records)
    command = [sys.executable, "-m", "tui_monitor", "--once", "-"]
    process = subprocess.run(
        command, input=lines, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )
    assert (process.returncode, process.stderr) == (0, "")
    assert "valve.py" in process.stdout


def test_state_is_printed_as_json(home: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(short_session("/home/ada/engine"), home / "session.jsonl")
    document = json.loads(frame(capsys, "--json", str(path)))
    (session,) = document["sessions"]
    assert (session["project"], session["path"], session["totals"]["requests"] > 0) == ("engine", str(path), True)


def snapshot(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """Return the projects of the sessions that are printed as JSON, in their order."""
    document = json.loads(frame(capsys, "--json", *words))
    jsonschema.validate(document, SNAPSHOT)
    return [session["project"] for session in document["sessions"]]


def test_json_has_all_live_sessions(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        install(short_session(f"/home/ada/{name}", name), home, name)
    age(install(short_session("/home/ada/old", "old"), home, "old"), DAY_S)
    assert sorted(snapshot(capsys)) == ["a", "b"]
    assert sorted(snapshot(capsys)) == ["a", "b"], "from the store too"
    assert sorted(snapshot(capsys, "--no-store")) == ["a", "b"]


def test_json_begins_with_the_session_that_the_monitor_would_show(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    age(install(short_session(home / "engine", "here"), home, "here"), DAY_S)
    waiting = short_session("/home/ada/waiting", "waiting")
    waiting.calls("AskUserQuestion", "call_9", questions=[])
    install(waiting, home, "waiting")
    install(short_session("/home/ada/done", "done"), home, "done")
    assert snapshot(capsys) == ["engine", "waiting", "done"]


def test_json_of_no_live_session_is_the_newest_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    age(install(short_session("/home/ada/old", "old"), home, "old"), 3 * DAY_S)
    age(install(short_session("/home/ada/new", "new"), home, "new"), 2 * DAY_S)
    assert snapshot(capsys) == ["new"]


def test_json_of_paths_has_all_their_sessions(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(short_session("/home/ada/elsewhere", "elsewhere"), home, "elsewhere")
    for name in ("a", "b"):
        write(short_session(f"/home/ada/{name}", name), home / "logs" / f"{name}.jsonl")
    assert sorted(snapshot(capsys, str(home / "logs"))) == ["a", "b"]


def test_json_of_no_session_at_all_is_one_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "--once", "--json"]) == 3
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)


def test_session_that_was_read_before_is_printed_though_it_has_the_path_of_another_file(
    home: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, store = write(short_session("/home/ada/engine"), home / "session.jsonl"), data / "monitoring.db"
    words = ("--store", str(store), str(path))
    frame(capsys, *words)
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE sessions SET path = '/elsewhere.jsonl'")
    assert "valve.py" in frame(capsys, *words)
