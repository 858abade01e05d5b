"""``doctor`` says what was looked for, what was found, and what to do; it changes nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tui_monitor.cli import main
from tui_monitor.sources.processes.table import NoProcesses

Finding = dict[str, str]


@pytest.fixture(autouse=True)
def _no_processes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_monitor.cli.doctor.process_table", NoProcesses)


def findings(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> dict[str, list[Finding]]:
    """Return what ``doctor --json`` found, by area."""
    assert main(["doctor", "--json", *words]) == status
    document: Any = json.loads(capsys.readouterr().out)
    problems = [each for area in document["areas"] for each in area["findings"] if each["level"] == "problem"]
    assert document["problems"] == len(problems)
    return {area["name"]: area["findings"] for area in document["areas"]}


def of(area: list[Finding], subject: str) -> Finding:
    [finding, *_] = [each for each in area if each["subject"] == subject]
    return finding


def test_machine_without_agents_has_no_problem(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    areas = findings(capsys)
    assert {finding["level"] for finding in areas["Agents"]} == {"note"}
    assert "not found: " in of(areas["Agents"], "Codex")["text"]
    assert "does not exist yet" in of(areas["Store"], "store")["text"]
    assert not (data / "monitoring.db").exists()


def test_sessions_are_counted_and_understood(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(short_session(home / "engine"), home, "one")
    place, understanding = [finding for finding in findings(capsys)["Agents"] if finding["subject"] == "Claude Code"]
    assert (place["level"], understanding["level"]) == ("ok", "ok")
    assert ": 1 session, the newest" in place["text"]
    assert "are understood" in understanding["text"]


def test_line_that_is_not_understood_is_quoted_with_its_place(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = install(short_session(home / "engine"), home, "one")
    with path.open("ab") as file:
        file.write(b"\x1b[31mno json\n")
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "1 unreadable, 0 of unknown types" in out
    assert path.name in out
    assert "\x1b" not in out


def test_store_is_counted(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(short_session(home / "engine"), home, "one")
    assert main(["stats"]) == 0
    capsys.readouterr()
    assert "1 session, " in of(findings(capsys)["Store"], "store")["text"]


def test_damaged_store_is_a_problem_and_stays_where_it_is(
    home: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data.mkdir()
    store = data / "monitoring.db"
    store.write_bytes(b"no database, no database, no database " * 100)
    finding = of(findings(capsys, status=1)["Store"], "store")
    assert finding["level"] == "problem"
    assert finding["remedy"]
    assert [path.name for path in data.iterdir() if path.suffix == ".db"] == ["monitoring.db"]


def test_store_that_was_set_aside_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data.mkdir()
    (data / "monitoring.db.damaged-20261101T000000Z").touch()
    assert "was damaged" in of(findings(capsys)["Store"], "set aside")["text"]


def test_wrong_setting_is_a_problem(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text("[display]\nlevels = 3\n")
    finding = [each for each in findings(capsys, status=1)["Configuration"] if each["level"] == "problem"]
    assert "levels" in finding[0]["text"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_folder_that_cannot_be_read_is_a_problem(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = install(short_session(home / "engine"), home, "one").parent.parent
    folder.chmod(0)
    try:
        assert of(findings(capsys, status=1)["Agents"], "Claude Code")["level"] == "problem"
    finally:
        folder.chmod(0o700)


def test_text_has_a_sign_for_each_finding_and_a_sum(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    install(short_session(home / "engine"), home, "one")
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")][:6] == [
        "Program",
        "Configuration",
        "Store",
        "Agents",
        "Running now",
        "Terminal",
    ]
    assert any(line.startswith("  ✓ Claude Code  ~/.claude/projects: 1 session") for line in lines)
    assert lines[-1].startswith("no problems, ")


def test_other_store_can_be_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finding = of(findings(capsys, "--store", str(tmp_path / "other.db"))["Store"], "store")
    assert "other.db does not exist yet" in finding["text"]
