"""The surroundings of one run of the program: folders, environment, configuration. It imports little."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tui_monitor.config import Config, current_folder, data_folder, expand_path, home_folder, load_config
from tui_monitor.sources.base import SearchContext


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where sessions are searched for, what is configured, and the data folder."""

    search_context: SearchContext
    config: Config
    data: Path


def current_surroundings(env: Mapping[str, str] | None = None) -> Surroundings:
    """Return the surroundings of this process."""
    env = dict(os.environ if env is None else env)
    cwd = current_folder(env)
    warnings: list[str] = []
    data = data_folder(env, cwd, warnings)
    config = load_config(env, cwd)
    places = {"TUI_MONITOR_DATA_DIR": str(data)}
    if config.stream:
        places["TUI_MONITOR_STREAM"] = str(expand_path(cwd, config.stream))
    search_context = SearchContext(home_folder(), env | places, cwd)
    return Surroundings(search_context, replace(config, warnings=(*warnings, *config.warnings)), data)


def now_ms() -> int:
    """Return epoch milliseconds."""
    return time.time_ns() // 1_000_000
