"""The context of the calling program: search context, data folder, and prices with the user's overrides."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tui_monitor.config import current_folder, data_folder, home_folder, load_config
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import SearchContext


@dataclass(frozen=True, slots=True)
class MonitoringContext:
    """The settings that hold while the program runs. ``prices`` are those of its folder: all stores are private."""

    search_context: SearchContext
    data: Path
    prices: PriceBook


def current_context() -> MonitoringContext:
    """Return the context by the environment and the working directory of now."""
    cwd = current_folder(os.environ)
    data = data_folder(os.environ, cwd)
    settings = load_config(os.environ, cwd)
    return MonitoringContext(
        SearchContext(home_folder(), {**os.environ, "TUI_MONITOR_DATA_DIR": str(data)}, cwd),
        data,
        PriceBook.configured(settings.view),
    )
