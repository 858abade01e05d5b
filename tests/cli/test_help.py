"""All help has one face: the overview, each command, and the completion of the shells."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from tui_monitor.cli import main
from tui_monitor.cli.app import build_app
from tui_monitor.cli.commands import COMMANDS, COMPLETION, EXAMPLES, GLOBAL_OPTIONS, INSTALL_COMPLETION
from tui_monitor.cli.help import help_width, paragraphs, section

pytestmark = pytest.mark.usefixtures("home")


def output(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what a command prints."""
    assert main(words) == 0
    return capsys.readouterr().out


def rows(text: str, title: str) -> dict[str, str]:
    """Return the labels and texts of a section of help."""
    lines = iter(text.splitlines())
    for line in lines:
        if line == f"{title}:":
            break
    result: dict[str, str] = {}
    for line in lines:
        if not line:
            break
        label, _, content = line.strip().partition("  ")
        if line.startswith("   "):
            result[list(result)[-1]] += f" {line.strip()}"
        else:
            result[label] = content.strip()
    return {label: content.strip() for label, content in result.items()}


@pytest.mark.parametrize("words", [["-h"], ["--help"], ["help"], ["--once", "--help"], ["session.jsonl", "-h"]])
def test_overview_has_every_command_option_and_example(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    overview = output(capsys, *words)
    assert rows(overview, "Commands") == {name: summary for name, (_, summary) in COMMANDS.items()}
    assert rows(overview, "Examples").keys() == EXAMPLES.keys()
    assert rows(overview, "Options") == {**rows(output(capsys, "watch", "--help"), "Options"), **GLOBAL_OPTIONS}
    assert rows(overview, "Arguments") == rows(output(capsys, "watch", "--help"), "Arguments")


@pytest.mark.parametrize("name", COMMANDS)
def test_command_explains_itself_and_each_of_its_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = output(capsys, name, "--help")
    assert text == output(capsys, "help", name) == output(capsys, name, "-h")
    assert text.startswith(f"Usage: tui-monitor {name}")
    assert text.splitlines()[2] == COMMANDS[name][1]
    entries = {**rows(text, "Options"), **rows(text, "Arguments")}
    assert entries
    assert all(entries.values())
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("option", [COMPLETION, INSTALL_COMPLETION])
def test_completion_explains_itself(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, option, "--help").startswith(f"Usage: tui-monitor {option}")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_has_every_command_and_option(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    script = output(capsys, COMPLETION, shell)
    for word in (*COMMANDS, "json", "since", "once", "no-store", "provider", "install-completion"):
        assert word in script
    if interpreter := which(shell):
        subprocess.run([interpreter, "-n"], input=script, text=True, timeout=60, check=True)


@pytest.mark.skipif(not which("bash"), reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["sta"], {"stats", "statusline"}),
        (["stats", "--js"], {"--json"}),
        (["stats", "--store", "se"], {"session.jsonl"}),
        (["watch", "se"], {"session.jsonl"}),
        (["--on"], {"--once"}),
    ],
)
def test_bash_completes(words: list[str], expected: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("session.jsonl").touch()
    typed = " ".join(f"'{word}'" for word in ("tui-monitor", *words))
    code = f"{output(capsys, COMPLETION, 'bash')}\nCOMP_WORDS=({typed}); COMP_CWORD={len(words)}; _tui_monitor; "
    code += 'printf "%s\\n" "${COMPREPLY[@]}"'
    process = subprocess.run(["bash", "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert set(process.stdout.split()) == expected


@pytest.mark.skipif(not which("fish"), reason="there is no fish")
def test_fish_completes(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = home / "completion.fish"
    script.write_text(output(capsys, COMPLETION, "fish"))
    for typed, expected in (("sta", "stats"), ("stats --js", "--json")):
        code = f"source '{script}'; complete -C 'tui-monitor {typed}'"
        process = subprocess.run(["fish", "-c", code], capture_output=True, text=True, timeout=60, check=True)
        assert expected in [line.split("\t")[0] for line in process.stdout.splitlines()]


def test_completion_is_installed_for_a_shell(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = output(capsys, INSTALL_COMPLETION, "fish")
    script = home / ".config" / "fish" / "completions" / "tui-monitor.fish"
    assert str(script) in text
    assert script.read_text() == output(capsys, COMPLETION, "fish")


def test_commands_are_imported_when_they_run() -> None:
    code = (
        "import sys; from tui_monitor.cli.app import build_app; build_app();"
        "print([name for name in sys.modules if name.startswith('tui_monitor')])"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "tui_monitor.cli.stats" not in process.stdout
    assert "tui_monitor.store" not in process.stdout


def test_every_command_is_a_function_of_its_module() -> None:
    app = build_app()
    for name in COMMANDS:
        assert callable(app[name].default_command)


@pytest.mark.parametrize(("columns", "width"), [("60", 60), ("7", 40), ("900", 100), ("", 80), ("wide", 80)])
def test_width_is_that_of_the_terminal_within_limits(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert help_width() == width


def test_paragraphs_are_wrapped_and_examples_are_not() -> None:
    text = "one two three four\nfive\n\n  keep   this line as it is\n\nsix"
    assert list(paragraphs(text, 10)) == ["one two", "three four", "five", "", "  keep   this line as it is", "", "six"]


def test_long_label_has_a_line_of_its_own() -> None:
    lines = list(section("Options", [("--a", "first one"), ("--much-too-long-for-a-column", "second")], 40))
    assert lines == ["", "Options:", "  --a  first one", "  --much-too-long-for-a-column", "       second"]
    assert list(section("Options", [], 40)) == []
