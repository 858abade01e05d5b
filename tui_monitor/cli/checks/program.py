"""Checks of the installation and of the configuration."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tui_monitor import __version__
from tui_monitor.cli.checks.model import Finding, note, ok, problem
from tui_monitor.config import Config, ConfigFile

LIBRARIES = ("textual", "rich", "orjson", "watchfiles", "genai-prices", "cyclopts", "platformdirs")
REINSTALL = "install tui-monitor again"


def check_program(plug_in_errors: Sequence[str]) -> Iterator[Finding]:
    """Yield the versions of the program, and what is missing of it; ``plug_in_errors`` are those of the registry."""
    system = f"{platform.system()} {platform.release()}"
    yield ok("tui-monitor", f"{__version__} on Python {platform.python_version()}, {system}")
    versions = {name: _version(name) for name in LIBRARIES}
    yield ok("libraries", ", ".join(f"{name} {found}" for name, found in versions.items() if found))
    for name in (name for name, found in versions.items() if not found):
        yield problem(name, "is not installed", REINSTALL)
    for error in plug_in_errors:
        yield problem("plug-in", error, "update or uninstall the plug-in")


def check_configuration(files: Sequence[ConfigFile], config: Config, data: Path) -> Iterator[Finding]:
    """Yield the files that were read, the settings in them that are not applied, and whether the data folder can be
    written."""
    for file in files:
        if file.path.is_file():
            whose = "yours" if file.is_own else "of this folder: display, budgets and prices only"
            yield ok("settings", f"{file.path} ({whose})")
        elif file.is_own:
            yield ok("settings", f"all have their defaults: there is no {file.path}")
    for warning in config.warnings:
        yield problem("settings", warning, "correct it: it is not applied")
    if config.notice:
        yield note("prices", config.notice)
    yield _data_folder(data)


def _data_folder(data: Path) -> Finding:
    nearest = next(folder for folder in (data, *data.parents) if folder.exists())
    if os.access(nearest, os.W_OK | os.X_OK):
        return ok("data folder", f"{data} can be written")
    remedy = f"make {nearest} writable, or set TUI_MONITOR_DATA_DIR to another folder"
    return problem("data folder", f"{data} cannot be written", remedy)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
