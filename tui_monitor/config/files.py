"""The configuration files and the default folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tui_monitor.regular_files import read_bytes

APP = "tui-monitor"
WORKSPACE_FOLDER = ".tui-monitor"
PROJECT_FILE = ".tui-monitor.toml"
ENV_PREFIX = "TUI_MONITOR_"
STORE_NAME = "monitoring.db"
"""The store's file in the data folder."""

_MAX_BYTES = 1 << 20
_MAX_FOREIGN_BYTES = 64 << 10
_MAX_DOTS = 200
"""Dots in a line of a file that is somebody else's: the time to parse a dotted key grows with the square of them."""


class ConfigFile(NamedTuple):
    """A configuration file: ``is_own`` is the user's, any other somebody else's; ``is_required`` was named."""

    path: Path
    is_own: bool
    is_required: bool = False


def config_files(env: Mapping[str, str], cwd: Path) -> tuple[ConfigFile, ...]:
    """Return the configuration files, the weaker first: the user's own and the nearest one found upwards.

    The user's own is ``TUI_MONITOR_CONFIG``, else in the platform's usual place, and is returned even if it does not
    exist.
    """
    own = own_file(env, cwd)
    project = next((path for folder in (cwd, *cwd.parents) if _is_file(path := folder / PROJECT_FILE)), None)
    return (own,) if project is None or _is_same(project, own.path) else (own, ConfigFile(project, is_own=False))


def own_file(env: Mapping[str, str], cwd: Path) -> ConfigFile:
    """Return the user's own configuration file."""
    if name := env.get(ENV_PREFIX + "CONFIG"):
        return ConfigFile(expand_path(cwd, name), is_own=True, is_required=name != os.devnull)
    from platformdirs import user_config_path

    return ConfigFile(user_config_path(APP, appauthor=False) / "config.toml", is_own=True)


def read_text(file: ConfigFile) -> str:
    """Return the content of a configuration file.

    Raises:
        OSError: it cannot be read; FileNotFoundError if it does not exist.
        ValueError: it is too large, not UTF-8, or somebody else's with a line that would take long to parse.
    """
    if str(file.path) == os.devnull:
        return ""
    limit = _MAX_BYTES if file.is_own else _MAX_FOREIGN_BYTES
    content = read_bytes(file.path, limit + 1)
    if len(content) > limit:
        raise ValueError(f"it is larger than {limit >> 10:,} KiB")
    if not file.is_own and any(line.count(b".") > _MAX_DOTS for line in content.split(b"\n")):
        raise ValueError(f"a line has more than {_MAX_DOTS} dots")
    return content.decode("utf-8-sig")


def workspace_folder(cwd: Path, workspaces: Iterable[str]) -> Path | None:
    """Return the data folder of the nearest of the user's ``workspaces`` that holds the current directory."""
    registered = {os.path.realpath(path) for text in workspaces if (path := expand_path(Path(), text)).is_absolute()}
    for folder in (cwd, *cwd.parents):
        own = folder / WORKSPACE_FOLDER
        if not registered.isdisjoint((os.path.realpath(own), os.path.realpath(folder))) and own.is_dir():
            return own
    return None


def current_folder(env: Mapping[str, str]) -> Path:
    """Return the current directory; if it was removed, the name that the shell knows it by (``PWD``)."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/", env.get("PWD", ""))


def home_folder() -> Path:
    """Return the home directory; the root directory if there is none."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")


def expand_path(base: Path, text: str) -> Path:
    """Return a path with its home directory expanded, below ``base`` if it is relative."""
    with suppress(RuntimeError):  # an unknown home stays as it is written
        return base / Path(text).expanduser()
    return base / text


def create_folder(folder: Path) -> bool:
    """Create a folder for its owner alone; return False if that is impossible."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return True


def create_local_folder(cwd: Path) -> Path:
    """Create a data folder in the current directory, out of sight of git, for want of any other."""
    folder = cwd / WORKSPACE_FOLDER
    if not folder.exists() and create_folder(folder):
        with suppress(OSError):
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return folder


def _is_same(path: Path, other: Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
