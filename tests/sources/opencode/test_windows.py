"""Windows of models: the configuration of a project or the user, else OpenCode's copy of the model list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui_monitor.sources.opencode.windows import windows_for
from tui_monitor.sources.shared import model_windows
from tui_monitor.sources.shared.model_windows import NO_WINDOWS


def config(limit: int, key: str = "provider") -> str:
    return json.dumps({key: {"local": {"models": {"coder": {"limit": {"context": limit, "output": 9}}}}}})


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with a database in its usual place."""
    (tmp_path / ".local/share/opencode").mkdir(parents=True)
    return tmp_path


def limit_in(home: Path, directory: str = "", **env: str) -> int | None:
    database = home / ".local/share/opencode/opencode.db"
    return windows_for(database, directory, env).limit_of("local", "coder")


def test_nearest_configuration_takes_precedence(home: Path) -> None:
    project = home / "engine" / "parts"
    assert limit_in(home, str(project)) is None
    models = {"local": {"models": {"coder": {"limit": {"context": 1000}}}}}
    write(home / ".cache/opencode/models.json", json.dumps(models))
    assert limit_in(home, str(project)) == 1000
    write(home / ".config/opencode/opencode.jsonc", config(2000))
    assert limit_in(home, str(project)) == 2000
    write(home / "engine/opencode.json", config(3000, "providers"))
    assert limit_in(home, str(project)) == 3000
    write(project / "opencode.json", config(4000))
    assert limit_in(home, str(project)) == 4000
    write(home / "extra.json", config(5000))
    assert limit_in(home, str(project), OPENCODE_CONFIG=str(home / "extra.json")) == 5000


def test_folders_above_a_repository_are_not_searched(home: Path) -> None:
    (home / "engine/.git").mkdir(parents=True)
    write(home / "opencode.json", config(3000))
    assert limit_in(home, str(home / "engine")) is None


def test_folders_can_be_set_by_the_environment(home: Path) -> None:
    write(home / "c/opencode/opencode.json", config(2000))
    assert limit_in(home, XDG_CONFIG_HOME=str(home / "c")) == 2000
    assert windows_for(Path("/elsewhere/opencode.db"), "relative", {}).limit_of("local", "coder") is None


def test_comments_and_trailing_commas_are_allowed(home: Path) -> None:
    text = '{ // "provider"\n "provider": {"local": {"models": {"coder": {"name": "a // b, ]", /* x */'
    write(home / ".config/opencode/opencode.jsonc", text + '"limit": {"context": 7000,},},},},},}')
    assert limit_in(home) == 7000


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"provider": {"local": 5}}', '{"provider": {"local": {"models": 1}}}']
)
def test_unusable_files_have_no_windows(home: Path, content: str) -> None:
    write(home / ".config/opencode/opencode.json", content)
    assert limit_in(home) is None
    assert NO_WINDOWS.limit_of("local", "coder") is None


def test_changed_files_are_read_again_and_huge_ones_are_not(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home / ".config/opencode/opencode.json"
    write(path, config(2000))
    assert limit_in(home) == 2000
    write(path, config(20_000))
    assert limit_in(home) == 20_000
    monkeypatch.setattr(model_windows, "MAX_BYTES", 10)
    assert limit_in(home) is None
