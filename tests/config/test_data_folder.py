"""The data folder: the places it can be in, and their order."""

from __future__ import annotations

import stat

import pytest

from tests.config.conftest import ConfigHome
from tui_monitor.config import data_folder


def test_environment_names_the_folder(home: ConfigHome) -> None:
    folder = home.project / "data" / "here"
    assert data_folder({**home.env, "TUI_MONITOR_DATA_DIR": str(folder)}, home.inside) == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_relative_name_is_below_the_current_directory(home: ConfigHome) -> None:
    assert data_folder({**home.env, "TUI_MONITOR_DATA_DIR": "data"}, home.inside) == home.inside / "data"


def test_name_in_the_environment_is_kept_if_it_cannot_be_created(home: ConfigHome) -> None:
    home.configure("")
    impossible = home.config / "below-a-file"
    assert data_folder({**home.env, "TUI_MONITOR_DATA_DIR": str(impossible)}, home.inside) == impossible


@pytest.mark.parametrize("listed", ["work/shop", "work/shop/.tui-monitor"])
def test_registered_workspace_has_its_own_folder(home: ConfigHome, listed: str) -> None:
    workspace = home.project / ".tui-monitor"
    workspace.mkdir()
    home.configure(f"workspaces = ['/elsewhere', '{home.config.parent / listed}']")
    assert data_folder(home.env, home.inside) == workspace


def test_nearest_registered_workspace_is_used(home: ConfigHome) -> None:
    for folder in (home.project, home.inside):
        (folder / ".tui-monitor").mkdir()
    home.configure(f"workspaces = ['{home.project}', '{home.inside}']")
    assert data_folder(home.env, home.inside) == home.inside / ".tui-monitor"


@pytest.mark.parametrize("listed", ["'/elsewhere'", "'.'", "'.tui-monitor'", ""])
def test_unregistered_workspace_is_not_used(home: ConfigHome, listed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.project)
    (home.project / ".tui-monitor").mkdir()
    home.share(f"workspaces = ['{home.project}']")
    usual = home.config.parent / "usual"
    home.configure(f"workspaces = [{listed}]\ndata_dir = '{usual}'")
    assert data_folder(home.env, home.project) == usual


def test_registered_workspace_without_its_folder_is_not_used(home: ConfigHome) -> None:
    usual = home.config.parent / "usual"
    home.configure(f"workspaces = ['{home.project}']\ndata_dir = '{usual}'")
    assert data_folder(home.env, home.inside) == usual
    assert not (home.project / ".tui-monitor").exists()


def test_default_folder_is_in_the_platforms_place(home: ConfigHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home.config.parent))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    folder = data_folder(home.env, home.inside)
    assert folder.name == "tui-monitor"
    assert folder.is_relative_to(home.config.parent)
    assert folder.is_dir()


def test_fallback_in_the_current_directory_is_ignored_by_git(home: ConfigHome) -> None:
    home.configure(f"data_dir = '{home.config}/below-a-file'")
    warnings: list[str] = []
    folder = home.inside / ".tui-monitor"
    assert data_folder(home.env, home.inside, warnings) == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / ".gitignore").read_text() == "*\n"
    assert warnings == [f"{home.config}/below-a-file: cannot be created, using {folder} instead"]
