"""A removed directory, names that are too long, a home that is none: each command goes on, or ends with one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tui_monitor.cli import main
from tui_monitor.cli.output import MAX_LINE
from tui_monitor.config import current_folder

LONG_NAMES = ["x" * 300, "/".join(["folder"] * 1000), "/" + "/".join(["folder"] * 1000)]


VARIABLES = ["HOME", "TUI_MONITOR_CONFIG", "TUI_MONITOR_DATA_DIR", "CLAUDE_CONFIG_DIR", "CODEX_HOME"]


@pytest.fixture
def removed(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, which was removed."""
    folder = home / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PWD", str(folder))
    folder.rmdir()
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="the current directory cannot be removed")
@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["stats"], 3),
        (["watch", "--once"], 3),
        (["prices", "claude-opus-4-6"], 0),
        (["stats", "missing"], 2),
        (["stats", "--store", "monitoring.db"], 2),
    ],
)
def test_removed_directory_stops_no_command(
    removed: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int
) -> None:
    assert main(words) == status
    error = capsys.readouterr().err
    assert error.count("\n") <= 1
    assert "internal error" not in error
    assert not removed.exists()


def test_program_is_run_in_a_removed_directory(home: Path) -> None:
    script = f"mkdir gone; cd gone; rmdir ../gone; exec {sys.executable} -m tui_monitor run -- echo ran"
    run = subprocess.run(["sh", "-c", script], cwd=home, capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "ran\n", "")


def test_removed_directory_keeps_its_name(removed: Path) -> None:
    assert current_folder({"PWD": str(removed)}) == removed
    assert current_folder({}) == Path("/")


@pytest.mark.parametrize("name", LONG_NAMES, ids=("name", "path", "absolute"))
@pytest.mark.parametrize(
    "words",
    ["{}", "stats {}", "stats --store {}", "watch --once {}", "run -- {}", "prices {}", "help {}", "stats --tz {}"],
)
def test_name_that_is_too_long_is_one_line(
    home: Path, capsys: pytest.CaptureFixture[str], name: str, words: str
) -> None:
    assert main(words.format(name).split()) in (2, 3, 126, 127)
    error = capsys.readouterr().err
    assert error.startswith("tui-monitor: ")
    assert error.count("\n") == 1
    assert len(error) < MAX_LINE + 50


@pytest.mark.parametrize(
    "name", [*LONG_NAMES, "~nobody-of-this-name/a", ""], ids=("name", "path", "absolute", "nobody", "empty")
)
@pytest.mark.parametrize("variable", VARIABLES)
def test_odd_place_in_the_environment_is_no_internal_error(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, name: str
) -> None:
    monkeypatch.setenv(variable, name)
    assert main(["stats"]) in (2, 3)
    error = capsys.readouterr().err
    assert error.count("\n") <= 2
    assert "internal error" not in error
