"""``setup`` shows a change, asks, keeps a copy, and undoes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tui_monitor.cli import main
from tui_monitor.cli.settings_file import backup, replace_file
from tui_monitor.sources.settings import SettingsChange


class Keyboard(io.StringIO):
    """A terminal on which a person types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def settings(home: Path) -> Path:
    """The path of the settings of an agent, which has some."""
    path = home / ".claude" / "settings.json"
    path.parent.mkdir()
    path.write_text('{"model": "opus"}\n')
    return path


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard(text))


def copies(settings: Path) -> list[Path]:
    return [path for path in settings.parent.iterdir() if path != settings]


def test_change_is_shown_and_made_after_yes(
    settings: Path, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "y\n")
    assert main(["setup", "claude-code"]) == 0
    out = capsys.readouterr().out
    assert '+  "statusLine": {' in out
    assert f"Change {settings}? [y/N] " in out
    assert "tui-monitor" in json.loads(settings.read_text())["statusLine"]["command"].replace("_", "-")
    [copy] = copies(settings)
    assert copy.read_text() == '{"model": "opus"}\n'
    assert str(copy) in out
    assert (data / "recordings" / "claude-code").is_dir()


@pytest.mark.parametrize("text", ["n\n", "\n", ""])
def test_nothing_is_changed_without_yes(
    settings: Path, text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, text)
    assert main(["setup", "claude-code"]) == 0
    assert "Nothing was changed." in capsys.readouterr().out
    assert (settings.read_text(), copies(settings)) == ('{"model": "opus"}\n', [])


def test_dry_run_asks_nothing_and_changes_nothing(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "claude-code", "--dry-run"]) == 0
    assert "+++" in capsys.readouterr().out
    assert settings.read_text() == '{"model": "opus"}\n'


def test_undo_takes_it_back(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "claude-code", "--yes", "--telemetry"]) == 0
    assert main(["setup", "claude-code", "--yes", "--undo"]) == 0
    assert json.loads(settings.read_text()) == {"model": "opus"}
    capsys.readouterr()
    assert main(["setup", "claude-code", "--undo"]) == 0
    assert "nothing to change" in capsys.readouterr().out


def test_without_a_terminal_it_needs_yes(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "claude-code"]) == 2
    assert "use --yes" in capsys.readouterr().err
    assert settings.read_text() == '{"model": "opus"}\n'


@pytest.mark.usefixtures("home")
def test_unknown_agent_is_refused_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "claude"]) == 2
    assert "did you mean claude-code?" in capsys.readouterr().err
    assert main(["setup", "cat"]) == 2
    assert "known are claude-code, codex, gemini." in capsys.readouterr().err


def test_broken_settings_are_one_line(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.write_text("{,}")
    assert main(["setup", "claude-code", "--yes"]) == 2
    error = capsys.readouterr().err
    assert (error.count("\n"), "no plain JSON" in error) == (1, True)
    assert settings.read_text() == "{,}"


def test_file_that_changed_meanwhile_is_not_overwritten(settings: Path) -> None:
    change = SettingsChange(settings, "earlier", "later")
    with pytest.raises(OSError, match="changed meanwhile"):
        backup(change)


def test_link_and_permissions_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "dotfiles.json", tmp_path / "settings.json"
    target.write_text("a")
    target.chmod(0o640)
    link.symlink_to(target)
    replace_file(SettingsChange(link, "a", "b"))
    assert link.is_symlink()
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("b", 0o640)


def test_failure_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.json"
    path.write_text("a")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        replace_file(SettingsChange(path, "a", "b"))
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("settings.json", "a")]
