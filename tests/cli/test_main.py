"""Dispatch by the first word, the exit status of every end, and errors in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.sessions import short_session, write
from tui_monitor import __version__
from tui_monitor.cli import main, monitor, report
from tui_monitor.cli.exit_status import summary_line

PROGRAM = [sys.executable, "-m", "tui_monitor"]
LIST_MODULES = "from tui_monitor.cli import main; import sys; print(main(sys.argv[1:]), *sys.modules)"
NEEDS_DEV_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")


def error_line(capsys: pytest.CaptureFixture[str], *words: str, status: int = 2) -> str:
    """Return the line of a command that fails with ``status`` and prints nothing else."""
    assert main(words) == status
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("tui-monitor: ")
    assert error.count("\n") == 1
    return error


@pytest.mark.parametrize("word", ["-V", "--version"])
def test_version_has_the_name(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word]) == 0
    assert capsys.readouterr().out == f"tui-monitor {__version__}\n"


def test_misspelt_command_is_suggested(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = error_line(capsys, "stast")
    assert line == 'tui-monitor: "stast" is neither a command nor an existing file: did you mean "stats"?\n'


@pytest.mark.parametrize("words", [[], ["stats"], ["--once"]])
def test_misspelt_path_is_suggested(words: list[str], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(short_session("/x"), Path("logs/session.jsonl"))
    assert 'did you mean "logs/session.jsonl"?' in error_line(capsys, *words, "logs/sesion.jsonl")


@pytest.mark.parametrize("word", ["nothing-like-it", "no/such/folder/file", "nul\0byte", "x" * 5000])
def test_first_word_must_be_a_command_or_a_path(word: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "see tui-monitor --help" in error_line(capsys, word)
    assert error_line(capsys, word, "--json") == error_line(capsys, word)


def test_missing_path_gives_every_command_the_same_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = {
        error_line(capsys, *words, "gone.jsonl")
        for words in (["watch"], ["watch", "--once"], ["--no-store"], ["stats"], ["stats", "--json"])
    }
    assert lines == {'tui-monitor: "gone.jsonl" is not an existing file.\n'}


def test_invalid_word_is_shown_without_its_escape_sequences(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = error_line(capsys, "\x1b]2;title")
    assert "\x1b" not in line
    assert "title" in line


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["stats", "--jsn"], 'unknown option "--jsn": did you mean --json?'),
        (["--hlep"], 'unknown option "--hlep": did you mean --help?'),
        (["stats", "--source", "x"], 'unknown option "--source": see tui-monitor stats --help.'),
        (["cost", "--by", "weekk"], 'invalid value "weekk" for --by: did you mean week?'),
        (["budget", "set", "--daily", "x"], 'invalid value "x" for --daily: give a number.'),
        (["stats", "--xyxyx"], 'unknown option "--xyxyx": see tui-monitor stats --help.'),
        (["demo", "x"], 'unexpected argument "x": see tui-monitor demo --help.'),
        (["prices"], "MODEL is missing: see tui-monitor prices --help."),
        (["stats", "--since"], "--since needs a value: see tui-monitor stats --help."),
        (["receive", "--port", "x"], 'invalid value "x" for --port: give a whole number.'),
        (["help", "stast"], '"stast" is not a command: did you mean "stats"?'),
        (["--store", "x", "--no-store"], "--store and --no-store exclude each other."),
        (["stats", "--store", "x", "--no-store"], "--store and --no-store exclude each other."),
        (["--once", "--theme", "nrod"], 'unknown theme "nrod": did you mean "nord"?'),
    ],
)
def test_wrong_usage_says_what_to_do(
    words: list[str], line: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"tui-monitor: {line}" in error_line(capsys, *words)


def test_file_with_the_name_of_a_command_is_given_by_its_path(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Sequence[str]] = []

    def open_monitor(paths: Sequence[str]) -> int:
        calls.append(list(paths))
        return 0

    Path("stats").touch()
    monkeypatch.setattr(monitor, "open_monitor", open_monitor)
    assert main(["./stats"]) == 0
    assert main([]) == 0
    assert calls == [["./stats"], []]


def test_plain_form_starts_without_the_command_line_library(home: Path) -> None:
    path = write(short_session("/x"), home / "session.jsonl")
    process = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    status, *modules = process.stdout.split()
    assert status == "2"
    assert not {"cyclopts", "genai_prices", "pydantic", "textual.app"} & set(modules)
    assert "standard output is not a terminal" in process.stderr


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["help"], ["stast"]])
def test_light_forms_import_almost_nothing(words: list[str], home: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, *words], capture_output=True, text=True, timeout=60, check=True
    )
    modules = set(process.stdout.split())
    assert "tui_monitor.cli.commands" in modules
    assert not {"cyclopts", "rich", "dataclasses", "tui_monitor.config", "tui_monitor.store"} & modules


@pytest.mark.parametrize("words", [["stats"], ["stats", "--help"], ["--help"], ["--completion", "bash"]])
def test_reader_that_leaves_early_is_no_error(words: list[str], home: Path) -> None:
    read, write_end = os.pipe()
    os.close(read)
    paths = [str(write(short_session("/x"), home / "session.jsonl"))] if words == ["stats"] else []
    process = subprocess.run(
        [*PROGRAM, *words, *paths], stdout=write_end, stderr=subprocess.PIPE, timeout=60, check=False
    )
    os.close(write_end)
    assert (process.returncode, process.stderr) == (0, b"")


@NEEDS_DEV_FULL
@pytest.mark.parametrize("words", [["stats", "--json"], ["--once"], ["--help"]])
def test_full_disk_is_one_line(words: list[str], home: Path) -> None:
    paths = [] if words == ["--help"] else [str(write(short_session("/x"), home / "session.jsonl"))]
    with Path("/dev/full").open("wb") as full:
        process = subprocess.run(
            [*PROGRAM, *words, *paths], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert (process.returncode, process.stderr) == (2, "tui-monitor: No space left on device\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
@pytest.mark.parametrize("closed", ["2>&-", "<&-", "2>&- <&-"])
def test_closed_streams_do_not_matter(closed: str, home: Path) -> None:
    path = write(short_session("/x"), home / "session.jsonl")
    for words in ("stats", "--once"):
        process = subprocess.run(
            ["sh", "-c", f'"$0" -m tui_monitor {words} "$1" {closed}', sys.executable, str(path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (process.returncode, process.stderr) == (0, "")
        assert "valve" in process.stdout or "Models" in process.stdout


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_closed_output_is_one_line(home: Path) -> None:
    command = ["sh", "-c", '"$0" -m tui_monitor --version >&-', sys.executable]
    process = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (process.returncode, process.stderr) == (2, "tui-monitor: standard output is closed.\n")


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt(), 130), (OSError(28, "No space left on device"), 2)])
def test_interruption_and_system_errors_have_their_status(
    error: BaseException, status: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(report, "report_context", fail)
    assert main(["stats"]) == status


@pytest.mark.parametrize("words", [["stats"], ["--once"], ["prices", "gpt-4o"]])
def test_broken_configuration_is_one_line_of_every_command(
    words: list[str], home: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text("display.theme = 3\ndisplay.nothing = 1\n")
    path = str(write(short_session("/x"), home / "session.jsonl"))
    assert main([*words, *([] if words[0] == "prices" else [path])]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"tui-monitor: {config}")
    assert line.endswith("(and 1 more)")


@pytest.mark.parametrize(("lines", "line"), [([], ""), (["a"], "a"), (["a", "b", "c"], "a (and 2 more)")])
def test_several_lines_become_one(lines: list[str], line: str) -> None:
    assert summary_line(lines) == line
