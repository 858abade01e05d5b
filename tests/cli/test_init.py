"""``init`` writes a configuration that has every setting, and lets a folder keep its own store."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tui_monitor.cli import main
from tui_monitor.config import data_folder, load_config
from tui_monitor.config.settings import SETTINGS
from tui_monitor.config.template import commented_config


def test_file_changes_nothing_until_a_line_is_uncommented(home: Path, config: Path) -> None:
    config.unlink()
    assert main(["init"]) == 0
    text = config.read_text()
    assert tomllib.loads(text) == {}
    assert config.stat().st_mode & 0o077 == 0
    lines = [line for line in text.splitlines() if " = " in line]
    assert len(lines) == len(SETTINGS)
    for name, setting in SETTINGS.items():
        assert any(line.endswith(f"# {setting.meaning}") for line in lines), name


def test_every_uncommented_line_is_valid(home: Path, config: Path) -> None:
    text = "\n".join(line.removeprefix("# ") for line in commented_config().splitlines()[2:])
    config.write_text(text)
    loaded = load_config({"TUI_MONITOR_CONFIG": str(config)}, home)
    assert loaded.warnings == ()
    assert loaded.project_budgets == {"/work/shop": dict.fromkeys(("daily", "weekly", "monthly", "session"), 20)}
    assert (loaded.alerts, loaded.display.levels) == (type(loaded.alerts)(), (50, 75, 90, 100))


def test_existing_file_is_left_alone(home: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text("[display]\nascii = true\n")
    assert main(["init"]) == 0
    assert "nothing was changed" in capsys.readouterr().out
    assert config.read_text() == "[display]\nascii = true\n"


def test_folder_keeps_its_own_store(home: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text("# mine\n[display]\nascii = true\n")
    for _ in range(2):
        assert main(["init", "--workspace"]) == 0
    assert tomllib.loads(config.read_text()) == {"workspaces": [str(Path.cwd())], "display": {"ascii": True}}
    assert config.read_text().startswith("# mine\n")
    environment = {"TUI_MONITOR_CONFIG": str(config)}
    assert data_folder(environment, Path.cwd() / "below") == Path.cwd() / ".tui-monitor"
    monkeypatch.chdir(home)
    assert main(["init", "--workspace"]) == 0
    assert tomllib.loads(config.read_text())["workspaces"] == [str(home / "engine"), str(home)]


def test_folder_whose_name_no_configuration_can_hold_changes_nothing(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text("# mine\n")
    folder = tmp_path / "a\x1b]2;title\x07b"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert main(["init", "--workspace"]) == 2
    assert capsys.readouterr().err.endswith("cannot keep its own store: a configuration cannot hold its name.\n")
    assert config.read_text() == "# mine\n"
    assert list(folder.iterdir()) == []


def test_what_only_a_person_can_change_is_left_alone(
    home: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in ('workspaces = [\n  "/a",\n]\n', "[display", "workspaces = 3\n"):
        config.write_text(text)
        assert main(["init", "--workspace"]) == 2
        assert capsys.readouterr().err.count("\n") == 1
        assert config.read_text() == text
