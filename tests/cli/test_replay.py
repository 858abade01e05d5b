"""``replay`` finds the session that is meant, and says why if it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.sessions import install, short_session
from tui_monitor.cli import main
from tui_monitor.tui.app_context import Replay

FIRST, SECOND = "11111111-2222-4333-8444-555555555555", "11112222-2222-4333-8444-555555555555"


@pytest.fixture
def shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[Replay]:
    """The replays that were shown, instead of a screen; there are two sessions."""
    for session in (FIRST, SECOND):
        install(short_session(home / "engine", session), home, session)
    replays: list[Replay] = []

    def show(*arguments: Any, replay: Replay, **options: Any) -> int:
        replays.append(replay)
        return 0

    monkeypatch.setattr("tui_monitor.cli.replay.show_monitor", show)
    monkeypatch.setattr("tui_monitor.cli.replay.require_terminal", lambda alternative: None)
    return replays


def error_of(capsys: pytest.CaptureFixture[str], status: int, *words: str) -> str:
    assert main(["replay", *words]) == status
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


def test_file_is_played(shown: list[Replay], home: Path) -> None:
    path = next(home.rglob(f"{FIRST}.jsonl"))
    assert main(["replay", str(path), "--speed", "10"]) == 0
    [replay] = shown
    assert replay.clock.speed == 10
    assert {recorded.path for recorded in replay.recording.events} == {path}


@pytest.mark.parametrize("word", [FIRST, "11111111", "latest"])
def test_session_is_named_by_the_beginning_of_its_id(shown: list[Replay], word: str) -> None:
    assert main(["replay", word]) == 0
    assert len(shown[0].recording) > 5


def test_beginning_of_several_ids_lists_them(shown: list[Replay], capsys: pytest.CaptureFixture[str]) -> None:
    error = error_of(capsys, 2, "1111")
    assert "fits 2 sessions: " in error
    assert FIRST in error
    assert not shown


def test_start_is_paused_and_within_the_session(shown: list[Replay], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", FIRST]) == 0
    begin = shown[0].recording.begin
    assert main(["replay", FIRST, "--at", "2026-03-01T10:00:03Z"]) == 0
    clock = shown[1].clock
    assert (clock.now(), clock.is_playing) == (begin + 3000, False)
    assert "--at is not" in error_of(capsys, 2, FIRST, "--at", "2020-01-01")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([FIRST, "--speed", "0"], "0.1 to 1000"),
        ([FIRST, "--speed", "nan"], "0.1 to 1000"),
        ([FIRST, "--pause", "-1"], "or 0."),
        ([FIRST, "--at", "soon"], "invalid time"),
        ([], "SESSION is missing"),
    ],
)
@pytest.mark.usefixtures("shown")
def test_wrong_usage_is_one_line(words: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert text in error_of(capsys, 2, *words)


@pytest.mark.usefixtures("shown")
def test_what_is_no_session_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], home: Path) -> None:
    junk = tmp_path / "junk.jsonl"
    junk.write_text("nonsense\n")
    assert "no lines of JSON" in error_of(capsys, 3, str(junk))
    assert "no session is named" in error_of(capsys, 3, "9999")
    assert "holds 2 sessions" in error_of(capsys, 2, str(home / ".claude" / "projects"))


def test_without_a_terminal_it_says_what_else_there_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "watch --once" in error_of(capsys, 2, "latest")
