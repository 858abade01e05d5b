"""`stats` reads what it is told to read, leaves alone what it should, and ends with the right status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.sessions import keep, worked, write
from tests.reports.schema import STATS
from tests.sources.claude_builder import ID, Transcript
from tui_monitor.cli import main

Document = Any


def document(capsys: pytest.CaptureFixture[str], *words: str) -> Document:
    """What a report prints as JSON; its shape is checked."""
    assert main(["stats", "--json", *words]) == 0
    told: Document = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, STATS)
    return told


def line(capsys: pytest.CaptureFixture[str], status: int, *words: str) -> str:
    """What a report says that ends with ``status``."""
    assert main(["stats", *words]) == status
    out, error = capsys.readouterr()
    assert out == ""
    assert error.count("\n") == 1
    return error


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are Unicode there")
def test_names_that_are_no_unicode_are_told_in_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty, session = home / os.fsdecode(b"\xff.jsonl"), write(worked("/x"), home / "session.jsonl")
    empty.touch()
    told = document(capsys, str(empty), str(home / os.fsdecode(b"\xfe*")), str(session))
    assert told["health"]["errors"] == [f"{home}/\ufffd*: no file matches", f"{home}/\ufffd.jsonl: is empty"]


def test_a_session_is_told_in_full(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = document(capsys, str(write(worked("/x"), home / "session.jsonl")))
    totals = told["totals"]
    assert (totals["requests"], totals["tools"], totals["tools_failed"]) == (3, 2, 1)
    assert (totals["files_changed"], totals["lines_added"], totals["lines_removed"]) == (1, 1, 1)
    assert totals["cost_usd"] > 0
    assert told["sessions"][0]["source"] == "claude-code"


def test_named_paths_leave_the_usual_store_alone(home: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document(capsys, str(write(worked("/x"), home / "session.jsonl")))
    assert not (data / "monitoring.db").exists()


def test_a_store_that_is_named_keeps_what_was_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(worked("/x"), home / "session.jsonl")
    before = document(capsys, str(path), "--store", "mine.db")
    path.unlink()
    assert Path("mine.db").exists()
    assert document(capsys, "--store", "mine.db")["totals"] == before["totals"]


def test_without_paths_all_sessions_are_read_once(home: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(worked("/x"), home, "one")
    keep(worked("/x", "other"), home, "two")
    first = document(capsys)
    assert len(first["sessions"]) == 2
    assert (data / "monitoring.db").exists()
    assert document(capsys)["totals"] == first["totals"]


def test_a_folder_tells_what_it_skipped_and_why(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(worked("/x"), home / "mixed" / "session.jsonl")
    (home / "mixed" / "notes.md").write_text("# notes\n")
    (home / "mixed" / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    health = document(capsys, str(home / "mixed"))["health"]
    assert health["files"] == 1
    assert len(health["errors"]) == 2
    assert all("notes.md" in error or "picture.png" in error for error in health["errors"])


def test_a_broken_line_is_counted_and_the_rest_is_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(worked("/x"), home / "session.jsonl")
    path.write_bytes(path.read_bytes() + b'{"type": "user", "mess\n{"type": "never-heard-of"}\n')
    told = document(capsys, str(path))
    assert (told["health"]["skipped_lines"], told["health"]["unknown_types"]) == (1, 1)
    assert told["totals"]["requests"] == 3


def test_tables_are_for_people(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", str(write(worked("/x"), home / "session.jsonl"))]) == 0
    shown = capsys.readouterr().out
    assert all(part in shown for part in ("Models", "claude-opus-4-6", "Sessions", "Tools", "Bash", "read 1 file"))
    assert "\x1b" not in shown


def test_only_a_time_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write(worked("/x"), home / "session.jsonl"))
    assert document(capsys, path, "--since", "2026-03-01")["totals"]["requests"] == 3
    assert document(capsys, path, "--since", "2026-03-02", "--tz", "UTC")["totals"]["requests"] == 0
    assert document(capsys, path, "--until", "2026-03-01", "--tz", "UTC")["totals"]["requests"] == 0


@pytest.mark.parametrize("words", [("--since", "soon"), ("--tz", "Mars/Olympus"), ("--since",), ("--limit", "3")])
def test_wrong_usage_is_said_in_one_line(
    words: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line(capsys, 2, *words)


def test_nothing_found_has_a_status_of_its_own(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no session was found" in line(capsys, 3)
    Path("notes.md").write_text("# notes\n")
    assert "notes.md" in line(capsys, 3, "notes.md")
    assert "no such file" in line(capsys, 3, "gone.jsonl")
    assert "no file matches" in line(capsys, 3, "*.jsonl")


def test_an_empty_file_is_no_session(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "empty.jsonl"
    path.touch()
    assert "is empty" in line(capsys, 3, str(path))


def test_a_store_that_is_none_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("not-a.db").write_text("this is no database, whatever its name says\n" * 20)
    assert "not-a.db" in line(capsys, 2, "--store", "not-a.db")


def test_a_session_without_calls_or_answers_is_a_session(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = Transcript()
    told.user("Hello?")
    path = write(told, home / "asked.jsonl")
    assert document(capsys, str(path))["totals"]["requests"] == 0
    assert main(["stats", str(path)]) == 0


def test_of_a_pipe_only_the_session_in_its_lines_is_told(home: Path) -> None:
    told = worked("/x")
    told.records.insert(0, {"type": "file-history-snapshot", "messageId": "m", "snapshot": {}})
    lines = "".join(json.dumps(record) + "\n" for record in told.records)
    command = [sys.executable, "-m", "tui_monitor", "stats", "-", "--json"]
    ran = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, check=True)
    assert [session["id"] for session in json.loads(ran.stdout)["sessions"]] == [ID]
