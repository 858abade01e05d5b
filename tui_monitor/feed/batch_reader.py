"""Reading into a store without threads: everything that is there, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from threading import Event

from tui_monitor.events import SessionKey
from tui_monitor.feed.enrich import enriched
from tui_monitor.feed.joined_ingest import JoinedIngest
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.compressed_file import MissingDecompressor
from tui_monitor.sources.files.head import UnrecognisedFormat
from tui_monitor.sources.files.pipe_source import PipeSource
from tui_monitor.sources.files.stat_snapshot import stamp_of
from tui_monitor.sources.shared.fields import path_text
from tui_monitor.store import Store, StoreError


def read_file(
    store: Store, path: Path, adapter: Adapter, prices: PriceBook, cancelled: Callable[[], bool] = lambda: False
) -> frozenset[SessionKey]:
    """Read what ``store`` lacks of a file, unless ``cancelled``, and return the sessions whose totals may have changed.

    Raises:
        OSError: the file cannot be read, or not to its end; what was read is stored.
        StoreError: the store cannot be written.
    """
    sessions: frozenset[SessionKey] = frozenset()
    rejected = True
    while rejected:  # another process stores the same file: continue where it is
        rejected = False
        with closing(adapter.open(path, store.checkpoints)) as source:
            while not rejected and not cancelled() and (batch := source.read()):
                outcome = store.ingest(enriched(batch, prices))
                sessions |= outcome.sessions
                rejected = not outcome.accepted and outcome.cursor != batch.after.cursor
    return sessions


def read_files(
    store: Store,
    files: Mapping[Path, Adapter],
    prices: PriceBook,
    on_progress: Callable[[int], None] = lambda count: None,
) -> tuple[frozenset[SessionKey], list[str]]:
    """Read what ``store`` lacks of these files. One that has not changed since it was read to its end is not opened.

    ``on_progress`` is called with the number of files read so far.

    Returns:
        The sessions whose totals may have changed, and a line for each file that could not be read; one for all that
        are compressed.

    Raises:
        StoreError: the store cannot be written.
    """
    joined, errors = JoinedIngest(store, prices), list[str]()
    before, after = store.stamps(), dict[str, str]()
    for count, (path, adapter) in enumerate(files.items(), 1):
        try:
            stamp = file_stamp(path, adapter)
            if stamp and before.get(path_text(path)) == stamp and not adapter.states_processes:
                continue
            with closing(adapter.open(path, store.checkpoints)) as source:
                while batch := source.read():
                    joined.add(path, batch)
            if stamp:
                after[path_text(path)] = stamp
        except StoreError:
            raise
        except MissingDecompressor as error:
            errors += [] if str(error) in errors else [str(error)]
        except Exception as error:  # a plug-in may raise anything, and the other files are still to be read
            errors.append(f"{path_text(path)}: {error_reason(error)}")
        on_progress(count)
    joined.flush()
    sessions = joined.sessions
    for path in joined.refused:
        sessions |= read_file(store, path, files[path], prices)
    if after:
        store.save_stamps(after)
    return frozenset(sessions), errors


def file_stamp(path: Path, adapter: Adapter) -> str:
    """Return what stays the same while reading a file again would give nothing new; empty if nothing does."""
    files = stamp_of(adapter.watched_paths(path))
    return f"{adapter.name} {adapter.version} {files}" if files else ""


def read_pipe(
    store: Store, path: Path, descriptor: int | None, registry: Registry, prices: PriceBook
) -> tuple[frozenset[SessionKey], list[str]]:
    """Read a pipe to its end; see `PipeSource` for ``path`` and ``descriptor``, and `read_files` for the result."""
    data_arrived = Event()
    sessions: set[SessionKey] = set()
    with closing(PipeSource(path, registry, descriptor, data_arrived.set)) as source:
        try:
            while not source.ended or data_arrived.is_set():
                data_arrived.wait()
                data_arrived.clear()
                while batch := source.read():
                    sessions |= store.ingest(enriched(batch, prices)).sessions
        except (OSError, UnrecognisedFormat) as error:
            return frozenset(sessions), [str(error)]
    return frozenset(sessions), []


def error_reason(error: Exception) -> str:
    """Return in a few words why reading failed."""
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else repr(error)
