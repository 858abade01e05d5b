"""``prune`` and ``archive`` keep less of old sessions and change no total; ``import`` takes an archive back."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tests.feed.sessions import stream_lines
from tui_monitor.cli import main

NOW = 1_780_000_000_000
"""In May 2026; the sessions are of January and March."""
OLD, EARLIER = "2026-03-02", "2025-12-01"
QUESTIONS = (
    ("stats", "--json"),
    ("stats", "--json", "--since", "2026-03-01", "--tz", "UTC"),
    ("sessions", "--json"),
    *(("cost", "--json", "--by", by) for by in ("day", "hour", "model", "session", "project", "agent", "operation")),
)


@pytest.fixture(autouse=True)
def _stored(home: Path, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("tui_monitor.cli.prune.now_ms", lambda: NOW)
    install(short_session(home / "engine"), home, "one")
    (data / "streams").mkdir(parents=True)
    (data / "streams" / "s1.jsonl").write_bytes(stream_lines(3))
    assert main(["stats"]) == 0
    capsys.readouterr()


def run(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    """Run a command and return what it prints to either stream."""
    assert main([*words]) == status
    out, error = capsys.readouterr()
    return out + error


def answers(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    return [json.loads(run(capsys, *question)) for question in QUESTIONS]


def read_again(data: Path) -> None:
    """Let every file be read again from its beginning."""
    with closing(sqlite3.connect(data / "monitoring.db")) as connection:
        connection.executescript("UPDATE checkpoints SET version = -1; DELETE FROM read_files")


def test_no_total_changes_even_when_everything_is_read_again(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = answers(capsys)
    text = run(capsys, "prune", "--older-than", OLD)
    assert text.startswith("2 sessions ended before 2026-03-02 00:00 (older than 87 days): 6 responses, 5 calls,")
    assert "their sums stay" in text
    assert "totals are the same" in text
    assert answers(capsys) == before
    read_again(data)
    assert answers(capsys) == before
    assert "has rows or texts to remove" in run(capsys, "prune", "--older-than", OLD)


def test_bodies_go_alone(capsys: pytest.CaptureFixture[str]) -> None:
    before = answers(capsys)
    assert "the calls stay" in run(capsys, "prune", "--older-than", OLD, "--bodies")
    assert answers(capsys) == before
    assert "kept as a sum" not in run(capsys, "cost", "--by", "tool")


def test_what_is_no_longer_known_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "prune", "--older-than", OLD)
    for by in ("tool", "file", "prompt"):
        groups = json.loads(run(capsys, "cost", "--json", "--by", by))["groups"]
        assert {group["name"] for group in groups} == {"kept as a sum only"}


def test_report_on_a_session_says_what_is_no_longer_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(run(capsys, "session", "--json"))["no_longer_kept"] == []
    run(capsys, "prune", "--older-than", OLD, "--bodies")
    file = tmp_path / "old.jsonl.gz"
    run(capsys, "archive", str(file), "--older-than", OLD)
    bodies, rows = json.loads(run(capsys, "session", "--json"))["no_longer_kept"]
    assert (bodies["kind"], bodies["reason"], bodies["archive"]) == ("bodies", "older than 87 days", None)
    assert (rows["kind"], rows["archive"], rows["at"]) == ("rows", str(file), "2026-05-28T20:26:40.000Z")
    text = " ".join(run(capsys, "session").split())
    assert "no longer kept: texts and diffs until 2026-03-01" in text
    assert "puts them back" in text


def test_sessions_that_are_not_so_old_stay(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(run(capsys, "prune", "--json", "--older-than", EARLIER))
    assert [step["sessions"] for step in document["steps"]] == [0]
    assert document["vacuumed"] is False


def test_dry_run_shows_what_would_go(capsys: pytest.CaptureFixture[str]) -> None:
    assert "would go" in run(capsys, "prune", "--older-than", OLD, "--dry-run")
    dry = json.loads(run(capsys, "prune", "--json", "--older-than", OLD, "--dry-run"))
    real = json.loads(run(capsys, "prune", "--json", "--older-than", OLD))
    assert dry["steps"] == real["steps"]
    assert (dry["dry_run"], real["dry_run"]) == (True, False)
    (step,) = real["steps"]
    assert (step["kind"], step["sessions"], step["ended_before"]) == ("rows", 2, "2026-03-02T00:00:00.000Z")


def test_settings_say_what_is_old(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text("[history]\nbodies_days = 30\nrows_days = 60\n")
    document = json.loads(run(capsys, "prune", "--json"))
    steps = [(step["kind"], step["reason"], step["sessions"]) for step in document["steps"]]
    assert steps == [("bodies", "older than 30 days", 2), ("rows", "older than 60 days", 2)]


def test_size_in_the_settings_lets_the_oldest_go(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text("[history]\nmax_mb = 1\n")
    assert [step["sessions"] for step in json.loads(run(capsys, "prune", "--json"))["steps"]] == [0, 0]


def test_without_an_age_nothing_is_pruned(capsys: pytest.CaptureFixture[str]) -> None:
    assert "give --older-than 90d" in run(capsys, "prune", status=2)
    assert "--bodies needs an age" in run(capsys, "prune", "--bodies", status=2)
    assert "not in the past" in run(capsys, "prune", "--older-than", "2100-01-01", status=2)
    assert "--check only" in run(capsys, "prune", "--check", "--bodies", status=2)


def test_whole_file_is_checked(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is whole" in run(capsys, "prune", "--check")
    assert json.loads(run(capsys, "prune", "--check", "--json"))["problem"] is None


def test_damaged_file_is_set_aside_and_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = answers(capsys)
    with closing(sqlite3.connect(data / "monitoring.db")) as connection:
        connection.execute("UPDATE responses SET output = 'nonsense'")
        connection.commit()
    assert "is kept as monitoring.db.damaged-" in run(capsys, "prune", "--check", status=1)
    assert answers(capsys) == before


@pytest.mark.parametrize("suffix", [".jsonl.gz", ".jsonl.zst"])
def test_archive_comes_back(tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str) -> None:
    file = tmp_path / f"old{suffix}"
    before, prompts = answers(capsys), run(capsys, "cost", "--by", "prompt")
    text = run(capsys, "archive", str(file), "--older-than", OLD)
    assert f"{file} has what was removed" in text
    assert file.stat().st_mode & 0o777 == 0o600
    assert answers(capsys) == before
    assert "of 2 sessions 2 put back" in run(capsys, "import", str(file))
    assert "of 2 sessions 2 in the store already" in run(capsys, "import", str(file))
    assert answers(capsys) == before
    assert run(capsys, "cost", "--by", "prompt") == prompts


def test_archive_fills_a_new_store(tmp_path: Path, home: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "old.jsonl.gz"
    before = answers(capsys)
    run(capsys, "archive", str(file), "--older-than", OLD)
    for transcript in (home / ".claude/projects/engine/one.jsonl", data / "streams/s1.jsonl"):
        transcript.unlink()
    (data / "monitoring.db").rename(data / "elsewhere")
    assert "of 2 sessions 2 added" in run(capsys, "import", str(file))
    after = answers(capsys)
    for document in (*before, *after):
        document.pop("health", None)  # how much was read of which files
    assert after == before


def test_torn_archive_gives_what_is_whole(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, torn = tmp_path / "old.jsonl.gz", tmp_path / "torn.jsonl.gz"
    run(capsys, "archive", str(file), "--older-than", OLD)
    whole = file.read_bytes()
    torn.write_bytes(whole[:-40])
    (data / "monitoring.db").rename(data / "elsewhere")
    text = run(capsys, "import", str(torn), status=1)
    assert "of 1 session 1 added" in text
    assert "is torn after these sessions" in text
    torn.write_bytes(whole[:40])
    assert "is torn" in run(capsys, "import", str(torn), status=3)


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst"])
def test_another_file_is_no_archive(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / name
    for content in (b"nonsense", gzip.compress(b"nonsense\n"), gzip.compress(b'{"a": 1}\n')):
        file.write_bytes(content)
        assert run(capsys, "import", str(file), status=3) == f"tui-monitor: {file} is no archive of tui-monitor.\n"


def test_archive_needs_a_new_file_of_a_known_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "old.jsonl.gz"
    file.write_text("mine")
    assert "exists already" in run(capsys, "archive", str(file), "--older-than", OLD, status=2)
    assert "it ends with .jsonl.zst" in run(capsys, "archive", str(tmp_path / "a.zip"), "--older-than", OLD, status=2)
    assert "give --older-than" in run(capsys, "archive", str(tmp_path / "b.jsonl.gz"), status=2)
    nowhere = str(tmp_path / "none" / "c.jsonl.gz")
    assert "cannot be written" in run(capsys, "archive", nowhere, "--older-than", OLD, status=2)
    assert file.read_text() == "mine"


def test_archive_without_old_sessions_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "old.jsonl.gz"
    assert "has rows or texts to remove" in run(capsys, "archive", str(file), "--older-than", EARLIER)
    assert not file.exists()


def test_age_is_said_as_it_was_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = count(NOW)  # no two readings of the clock are the same
    monkeypatch.setattr("tui_monitor.cli.prune.now_ms", ticks.__next__)
    monkeypatch.setattr("tui_monitor.cli.times.time.time", lambda: next(ticks) / 1000)
    for command in (("prune", "--dry-run"), ("archive", str(tmp_path / "old.jsonl.gz"))):
        assert "(older than 30 days)" in run(capsys, *command, "--older-than", "30d")


def test_full_disk_while_archiving_removes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    before = run(capsys, "cost", "--by", "prompt")
    monkeypatch.setattr("tui_monitor.feed.archive_file.os.fsync", full)
    file = tmp_path / "old.jsonl.gz"
    assert "No space left on device" in run(capsys, "archive", str(file), "--older-than", OLD, status=2)
    assert run(capsys, "cost", "--by", "prompt") == before
    assert not file.exists()
