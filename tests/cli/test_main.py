"""The first word decides, every end has its status, and what goes wrong is told in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.sessions import worked, write
from tui_monitor import __version__
from tui_monitor.cli import commands, main, monitor, stats
from tui_monitor.cli.ending import in_one_line

PLAIN = "from tui_monitor.cli import main; import sys; print(main(sys.argv[1:]), *sys.modules)"


def fails(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The status of a command that prints nothing but one line of what is wrong, and that line."""
    status = main(words)
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("tui-monitor: ")
    assert error.count("\n") == 1
    return status, error


@pytest.mark.parametrize("word", ["-h", "--help", "help"])
def test_the_overview_names_every_command(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word]) == 0
    overview = capsys.readouterr().out
    assert all(f"  {name} " in overview for name in commands.COMMANDS)


@pytest.mark.parametrize("word", ["-V", "--version"])
def test_the_version_is_told(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word]) == 0
    assert capsys.readouterr().out == f"{__version__}\n"


@pytest.mark.parametrize("name", ["watch", "demo", "stats"])
def test_a_command_explains_itself_and_each_of_its_options(
    name: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"tui-monitor {name}" in shown
    options = [line for line in shown.splitlines() if "--" in line and "Usage" not in line]
    assert len(options) > 1
    assert all(len(line.strip("│ ").split("  ")) > 1 for line in options)


def test_a_misspelt_command_is_guessed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, line = fails(capsys, "stast")
    assert status == 2
    assert "did you mean “stats”?" in line


def test_a_misspelt_path_is_guessed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(worked("/x"), Path("logs/session.jsonl"))
    status, line = fails(capsys, "logs/sesion.jsonl")
    assert status == 2
    assert "did you mean “logs/session.jsonl”?" in line


@pytest.mark.parametrize("word", ["nothing-like-it", "no/such/folder/file", "nul\0byte", "x" * 5000])
def test_a_word_that_is_nothing_is_refused(word: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, line = fails(capsys, word)
    assert status == 2
    assert "see tui-monitor --help" in line


def test_what_is_refused_is_shown_harmlessly(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, line = fails(capsys, "\x1b]2;gone")
    assert "\x1b" not in line
    assert "gone" in line


def test_an_unknown_option_is_guessed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, line = fails(capsys, "stats", "--jsn")
    assert status == 2
    assert "--json" in line


def test_a_word_after_an_option_is_checked_too(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fails(capsys, "--no-store", "nowhere.jsonl")[0] == 2


def test_a_file_with_the_name_of_a_command_is_named_by_its_path(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Sequence[str]] = []

    def watch(paths: Sequence[str]) -> int:
        asked.append(list(paths))
        return 0

    Path("stats").touch()
    monkeypatch.setattr(monitor, "watch", watch)
    assert main(["./stats"]) == 0
    assert main([]) == 0
    assert asked == [["./stats"], []]


def test_the_plain_form_starts_without_the_command_line_library(home: Path) -> None:
    path = write(worked("/x"), home / "session.jsonl")
    ran = subprocess.run(
        [sys.executable, "-c", PLAIN, str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    status, *modules = ran.stdout.split()
    assert status == "2"
    assert not {"cyclopts", "genai_prices", "pydantic", "textual.app"} & set(modules)
    assert "no terminal" in ran.stderr


def test_whoever_has_read_enough_is_no_error(home: Path) -> None:
    path = write(worked("/x"), home / "session.jsonl")
    read, written = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "tui_monitor", "stats", str(path)]
    ran = subprocess.run(command, stdout=written, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(written)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt(), 130), (OSError(28, "No space left on device"), 2)])
def test_what_stops_a_command_decides_its_status(
    error: BaseException, status: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(stats, "here", fail)
    assert main(["stats"]) == status


@pytest.mark.parametrize(("lines", "line"), [([], ""), (["a"], "a"), (["a", "b", "c"], "a (and 2 more)")])
def test_several_lines_become_one(lines: list[str], line: str) -> None:
    assert in_one_line(lines) == line
