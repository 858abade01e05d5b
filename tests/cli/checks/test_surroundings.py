"""What the screen can do in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tui_monitor.cli.checks.model import Finding, Level
from tui_monitor.cli.checks.surroundings import Terminal, check_notifications, check_terminal

ROOMY = Terminal(is_there=True, columns=120, rows=40, encoding="utf-8")
TRUE_COLOR = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def of(subject: str, env: Mapping[str, str], terminal: Terminal = ROOMY) -> Finding:
    return {finding.subject: finding for finding in check_terminal(terminal, env)}[subject]


def test_good_terminal_has_only_good_findings() -> None:
    assert {finding.level for finding in check_terminal(ROOMY, TRUE_COLOR)} == {Level.OK}


def test_without_a_terminal_nothing_else_is_said() -> None:
    [finding] = check_terminal(Terminal(is_there=False, columns=80, rows=24, encoding="utf-8"), TRUE_COLOR)
    assert finding.level is Level.NOTE


@pytest.mark.parametrize(("columns", "rows"), [(20, 24), (80, 5)])
def test_small_terminal_is_noted(columns: int, rows: int) -> None:
    finding = of("size", TRUE_COLOR, Terminal(is_there=True, columns=columns, rows=rows, encoding="utf-8"))
    assert (finding.level, "40 by 15" in finding.remedy) == (Level.NOTE, True)


def test_old_encoding_is_noted() -> None:
    finding = of("encoding", TRUE_COLOR, Terminal(is_there=True, columns=80, rows=24, encoding="latin-1"))
    assert finding.level is Level.NOTE


@pytest.mark.parametrize(
    ("env", "colors"),
    [
        (TRUE_COLOR, "16 million"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm"}, "16 or fewer (TERM=xterm)"),
        ({**TRUE_COLOR, "NO_COLOR": "1"}, "none: NO_COLOR is set"),
    ],
)
def test_colors_follow_the_environment(env: dict[str, str], colors: str) -> None:
    assert of("colours", env).text == colors


def test_multiplexer_is_named() -> None:
    assert of("multiplexer", {"TMUX": "/tmp/tmux-0/default,1,0"}).text.startswith("tmux")


def test_notifications_of_a_folder(tmp_path: Path) -> None:
    [finding] = check_notifications(tmp_path)
    assert finding.level is Level.OK


def test_fault_of_notifications_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr("watchfiles._rust_notify.RustNotify", fail)
    [finding] = check_notifications(tmp_path)
    assert (finding.level, "limit" in finding.text) == (Level.PROBLEM, True)
