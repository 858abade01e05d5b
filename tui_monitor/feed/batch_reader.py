"""Reading without threads: everything that is there, into a store, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from threading import Event

from tui_monitor.events import SessionKey
from tui_monitor.feed.enrich import with_rates, with_windows
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.head import UnrecognisedFormat
from tui_monitor.sources.files.pipe_source import PipeSource
from tui_monitor.sources.shared.fields import path_text
from tui_monitor.store import Store, StoreError


def read_file(store: Store, path: Path, adapter: Adapter, prices: PriceBook) -> frozenset[SessionKey]:
    """Read what ``store`` lacks of the file at ``path``, and answer with the sessions whose sums may have changed.

    Raises:
        OSError: the file cannot be read (further); what was read of it is stored.
        StoreError: the store cannot be written.
    """
    touched: frozenset[SessionKey] = frozenset()
    refused = True
    while refused:  # somebody else stores the same file at the same time: go on from where they are
        refused = False
        with closing(adapter.open(path, store.checkpoints)) as source:
            while not refused and (batch := source.read()):
                outcome = store.ingest(with_rates(with_windows(batch, prices), prices))
                touched |= outcome.sessions
                refused = not outcome.accepted and outcome.cursor != batch.after.cursor
    return touched


def read_files(
    store: Store, files: Mapping[Path, Adapter], prices: PriceBook, tell: Callable[[int], None] = lambda done: None
) -> tuple[frozenset[SessionKey], list[str]]:
    """Read all ``files``; ``tell`` hears after each how many are done.

    Returns:
        The sessions that they told something new of, and a line for each file that could not be read.

    Raises:
        StoreError: the store cannot be written.
    """
    touched: set[SessionKey] = set()
    errors = []
    for done, (path, adapter) in enumerate(files.items(), 1):
        try:
            touched |= read_file(store, path, adapter, prices)
        except StoreError:
            raise
        except Exception as error:  # also of a plug-in's own kind: the others are still to be read
            errors.append(f"{path_text(path)}: {error_reason(error)}")
        tell(done)
    return frozenset(touched), errors


def error_reason(error: Exception) -> str:
    """Why reading failed, in a few words."""
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else repr(error)


def read_pipe(
    store: Store, path: Path, descriptor: int | None, registry: Registry, prices: PriceBook
) -> tuple[frozenset[SessionKey], list[str]]:
    """Read a pipe to its end; see `PipeSource` for ``path`` and ``descriptor``, and `read_files` for the answer."""
    on_data = Event()
    touched: set[SessionKey] = set()
    with closing(PipeSource(path, registry, descriptor, on_data.set)) as source:
        try:
            while not source.ended or on_data.is_set():
                on_data.wait()
                on_data.clear()
                while batch := source.read():
                    touched |= store.ingest(with_rates(with_windows(batch, prices), prices)).sessions
        except (OSError, UnrecognisedFormat) as error:
            return frozenset(touched), [str(error)]
    return frozenset(touched), []
