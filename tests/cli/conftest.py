"""A machine of its own for each test: an empty home, a data folder, a project, and nothing of the real environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui_monitor.sources.processes.table import NoProcesses

INHERITED_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a made-up user, whose current directory is ``home/engine``."""
    for name in set(os.environ) - set(INHERITED_VARIABLES):
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    project = home / "engine"
    project.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path / "data"))
    config = tmp_path / "config.toml"
    config.touch()
    monkeypatch.setenv("TUI_MONITOR_CONFIG", str(config))
    monkeypatch.chdir(project)
    monkeypatch.setattr("tui_monitor.cli.live_states.process_table", NoProcesses)
    return home


@pytest.fixture
def config(home: Path, tmp_path: Path) -> Path:
    """The path of that user's configuration file, which is empty."""
    return tmp_path / "config.toml"


@pytest.fixture
def data(home: Path, tmp_path: Path) -> Path:
    """The data folder of that user."""
    return tmp_path / "data"
