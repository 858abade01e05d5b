"""What all commands start from: where they run, what the user has set, prices, and the store."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tui_monitor.config import STORE_NAME, Config, data_folder, load_config
from tui_monitor.pricing import Overrides, PriceBook
from tui_monitor.sources.base import SearchContext
from tui_monitor.store import Store, open_store, private_store


@dataclass(frozen=True, slots=True)
class Setting:
    """The surroundings of one run of the program."""

    search_context: SearchContext
    settings: Config
    data: Path

    def prices(self) -> PriceBook:
        """The price book, with what the user has set."""
        return PriceBook(Overrides.from_tables(self.settings.prices, self.settings.windows))

    def store_path(self, chosen: str = "") -> Path:
        """The store that was chosen, else the usual one."""
        return Path(chosen).absolute() if chosen else self.data / STORE_NAME

    def store_opener(self, chosen: str = "", none: bool = False) -> Callable[[], Store]:
        """How the monitor opens its store; ``none``: a private one."""
        if none:
            return private_store
        path = self.store_path(chosen)
        return lambda: open_store(path)


def here(env: Mapping[str, str] | None = None) -> Setting:
    """The surroundings of this process."""
    env = dict(os.environ if env is None else env)
    cwd = Path.cwd()
    data = data_folder(env, cwd)
    return Setting(
        SearchContext(Path.home(), {**env, "TUI_MONITOR_DATA_DIR": str(data)}, cwd), load_config(env, cwd), data
    )


def now_ms() -> int:
    """Epoch milliseconds."""
    return time.time_ns() // 1_000_000


def screen_width(otherwise: int) -> int:
    """The cells of a line of the terminal, or what stands in for it where the output goes elsewhere."""
    return shutil.get_terminal_size((otherwise, 0)).columns
