"""The context every command starts from: folders, configuration, prices and the store."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tui_monitor.cli.exit_status import CommandError, summary_line
from tui_monitor.cli.output import write_error
from tui_monitor.cli.surroundings import current_surroundings
from tui_monitor.config import STORE_NAME, Config
from tui_monitor.feed.enrich import EventPricing
from tui_monitor.feed.pipe_spool import PipeSpool, spool_folder
from tui_monitor.pricing import PriceBook, configured_list
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import Store, open_store, private_store


@dataclass(frozen=True, slots=True)
class RunContext:
    """The environment of one run of the program; ``data`` is the data folder."""

    search_context: SearchContext
    config: Config
    data: Path

    def prices(self) -> PriceBook:
        """Return the price book with the user's own prices and windows, for what is stored."""
        return PriceBook.configured(self.config)

    def view_prices(self) -> PriceBook:
        """Return the price book with the prices and windows that hold in this folder, for what is shown."""
        return PriceBook.configured(self.config.view)

    def view_pricing(self) -> EventPricing:
        """Return the same for a copy of the store."""
        return EventPricing(self.view_prices(), self.config.has_other_windows)

    @contextmanager
    def view(self, store: Store) -> Iterator[Store]:
        """Yield the store that shows what is in ``store`` by the prices and windows that hold in this folder.

        Raises:
            StoreError: there is no space for a copy.
        """
        if self.config.folder is None:
            yield store
            return
        with closing(store.copy()) as copy:
            copy.reprice(self.view_pricing())
            yield copy

    def store_path(self, choice: str = "") -> Path:
        """Return the path of the chosen store, else of the default one."""
        return Path(choice).absolute() if choice else self.data / STORE_NAME

    def store_opener(self, choice: str = "", no_store: bool = False) -> Callable[[], Store]:
        """Return a function that opens the store: a private one with ``no_store``."""
        if no_store:
            return private_store
        path, bodies = self.store_path(choice), self.config.history.bodies
        return lambda: open_store(path, bodies=bodies, is_ours=not choice)

    def open_store(self, choice: str = "") -> Store:
        """Open the chosen store, and store in it what earlier runs could not; see `PipeSpool`.

        Raises:
            DamagedStoreError: it is damaged.
            StoreError: it cannot be opened, or not be written.
        """
        store = self.store_opener(choice)()
        try:
            if spool := self.pipe_spool(choice):
                spool.restore(store)
        except BaseException:
            store.close()
            raise
        return store

    def pipe_spool(self, choice: str = "", no_store: bool = False) -> PipeSpool | None:
        """Return the spool of pipes for the chosen store; None with ``no_store``."""
        return None if no_store else PipeSpool(spool_folder(self.store_path(choice)), default_registry, self.prices())


def current_context(env: Mapping[str, str] | None = None) -> RunContext:
    """Return the context of this process."""
    here = current_surroundings(env)
    fault = configured_list(here.config.price_list).fault
    warnings = (*here.config.warnings, *([fault] if fault else []))
    return RunContext(here.search_context, replace(here.config, warnings=warnings), here.data)


def report_context() -> RunContext:
    """Return the context of this process; say on standard error what is wrong in the configuration, and whose prices
    hold in this folder."""
    context = current_context()
    if context.config.warnings:
        write_error(summary_line(context.config.warnings))
    if context.config.notice:
        write_error(f"{context.config.notice}.")
    return context


def check_store_options(store: str, no_store: bool) -> None:
    """Check that the options agree.

    Raises:
        CommandError: a store is both named and declined.
    """
    if store and no_store:
        raise CommandError("--store and --no-store exclude each other.")


def terminal_width(default: int) -> int:
    """Return the width of the terminal in cells, ``default`` where the output goes elsewhere."""
    return shutil.get_terminal_size((default, 0)).columns
