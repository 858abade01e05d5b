"""``hook`` and ``statusline`` keep what an agent hands them, and never stand in its way."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tui_monitor.cli import main
from tui_monitor.cli.line_cache import publish, scope_key
from tui_monitor.cli.payloads import MAX_BYTES, plain_folder

SESSION = "11111111-2222-4333-8444-555555555555"
STATUS = {
    "session_id": SESSION,
    "cwd": "/home/ada/engine",
    "model": {"id": "claude-opus-4-6", "display_name": "Opus 4.6"},
    "cost": {"total_cost_usd": 1.238},
    "context_window": {
        "context_window_size": 200000,
        "used_percentage": 49,
        "current_usage": {"input_tokens": 98_000, "output_tokens": 5},
    },
    "rate_limits": {"five_hour": {"used_percentage": 83.0, "resets_at": 1}, "seven_day": {"used_percentage": 41.0}},
}
STOP = {"session_id": SESSION, "hook_event_name": "Stop", "cwd": "/home/ada/engine"}


class Bytes:
    """Standard input with these bytes."""

    def __init__(self, raw: bytes) -> None:
        self.buffer = io.BytesIO(raw)

    def isatty(self) -> bool:
        return False


@pytest.fixture
def feed(home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that puts a payload on standard input."""

    def put(payload: object) -> None:
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        monkeypatch.setattr("sys.stdin", Bytes(raw))

    return put


def kept(folder: Path, session: str = SESSION) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{session}.jsonl").read_text().splitlines()]


def test_hook_is_kept_with_its_time_and_prints_nothing(
    feed: Any, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        feed(STOP)
        assert main(["hook"]) == 0
    assert capsys.readouterr() == ("", "")
    first, second = kept(data / "recordings" / "claude-code")
    assert first["timestamp"] <= second["timestamp"]
    assert {name: value for name, value in first.items() if name != "timestamp"} == STOP


def test_what_a_hook_reports_is_read_with_the_transcript(feed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    feed(STATUS)
    assert main(["statusline"]) == 0
    capsys.readouterr()
    assert main(["stats", "--json"]) == 0
    [session] = json.loads(capsys.readouterr().out)["sessions"]
    assert (session["id"], session["cost_usd"]) == (SESSION, 1.238)
    assert (session["context"]["current"], session["context"]["limit"]) == (98_000, 200_000)


@pytest.mark.parametrize(
    "payload",
    [b"", b"nonsense", b"[]", b"[" * 5000, {"hook_event_name": "Stop"}, {**STOP, "session_id": "../../evil"}],
)
def test_hook_never_fails(feed: Any, payload: object, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed(payload)
    assert main(["hook"]) == 0
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert error.startswith("tui-monitor: not recorded: ")
    assert not list(data.rglob("*.jsonl"))


def test_large_payload_is_not_kept(feed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    feed(b" " * (MAX_BYTES + 1))
    assert main(["hook"]) == 0
    assert "larger than 8 MB" in capsys.readouterr().err


def test_folder_that_cannot_be_written_is_one_line(
    feed: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    feed(STOP)
    assert main(["hook", "--into", str(tmp_path / "file" / "folder")]) == 0
    assert "not recorded" in capsys.readouterr().err


def test_status_line_has_context_cost_and_plan_windows(
    feed: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed(STATUS)
    assert main(["statusline", "--into", str(tmp_path / "kept")]) == 0
    assert capsys.readouterr().out == "Opus 4.6 · context 49% of 200k · $1.24 · 5h 83% · week 41%\n"
    assert kept(tmp_path / "kept")[0]["cost"] == STATUS["cost"]


def test_status_line_tells_when_a_window_is_reset(
    feed: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_monitor.cli.statusline.time.time", lambda: 1_000_000.0)
    windows = {"five_hour": {"used_percentage": 1, "resets_at": 1_007_830}}
    feed({**STATUS, "rate_limits": {**windows, "seven_day": {"used_percentage": 2, "resets_at": 1_200_000}}})
    assert main(["statusline"]) == 0
    assert "5h 1% (2h10m) · week 2% (2d7h)" in capsys.readouterr().out


@pytest.mark.parametrize("value", [None, "x", True, [], 1e300, float("nan")])
def test_odd_values_are_left_out(feed: Any, value: object, capsys: pytest.CaptureFixture[str]) -> None:
    feed({"session_id": SESSION, "model": value, "cost": {"total_cost_usd": value}, "context_window": value})
    assert main(["statusline"]) == 0
    assert capsys.readouterr().out == "\n"


def test_status_line_names_other_sessions_that_wait(
    feed: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    from tui_monitor import __version__

    waiting = {"glyph": "?", "plain_glyph": "?", "name": "cli", "word": "waits", "since": 0, "facts": ""}
    working = {**waiting, "name": "api", "word": ""}
    items: Any = [waiting, working]
    publish(scope_key(os.environ), {"version": __version__, "pid": os.getpid(), "items": items, "ascii": False})
    feed(STATUS)
    assert main(["statusline"]) == 0
    assert capsys.readouterr().out.endswith(" · ? cli waits\n")


def test_status_line_without_a_payload_is_wrong_usage(feed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    feed(b"")
    assert main(["statusline"]) == 2
    assert "no JSON" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "folder"),
    [
        (["hook"], ""),
        (["hook", "--into", "/a b"], "/a b"),
        (["hook", "--into=/a"], "/a"),
        (["hook", "--help"], None),
        (["hook", "--into", "/a", "x"], None),
    ],
)
def test_plain_words_need_no_command_line(words: list[str], folder: str | None) -> None:
    assert plain_folder(words) == folder


def test_neither_loads_the_command_line(home: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from tui_monitor.cli import main; main(sys.argv[1:]);"
        "print([name for name in ('cyclopts', 'rich', 'textual', 'orjson', 'sqlite3') if name in sys.modules])"
    )
    for command in ("hook", "statusline"):
        words = [sys.executable, "-c", code, command, "--into", str(tmp_path / "kept")]
        result = subprocess.run(words, input=json.dumps(STATUS), capture_output=True, text=True, check=True)
        assert result.stdout.splitlines()[-1] == "[]"
