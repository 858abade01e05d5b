"""A made-up user's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tui_monitor.config import ENV_PREFIX, Config, load_config


class ConfigHome:
    """A home with a configuration file, the environment that names it, and a project below."""

    def __init__(self, root: Path) -> None:
        self.config = root / "config.toml"
        self.config.touch()
        self.project = root / "work" / "shop"
        self.inside = self.project / "src"
        self.inside.mkdir(parents=True)
        self.env = {"TUI_MONITOR_CONFIG": str(self.config)}

    def configure(self, text: str) -> None:
        """Write the user's own file."""
        self.config.write_text(text, encoding="utf-8")

    def share(self, text: str) -> Path:
        """Write the project's file."""
        file = self.project / ".tui-monitor.toml"
        file.write_text(text, encoding="utf-8")
        return file

    def load_config(self, options: Mapping[str, object] | None = None, /, **variables: str) -> Config:
        """Load the configuration inside the project, with these variables."""
        env = {ENV_PREFIX + name: value for name, value in variables.items()}
        return load_config({**self.env, **env}, self.inside, options)


@pytest.fixture
def home(tmp_path: Path) -> ConfigHome:
    """The home of a made-up user with an empty configuration."""
    return ConfigHome(tmp_path)
