"""The answer of ``watch --line``: what the live sessions do by the store, their files' ends, and their processes."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui_monitor import __version__
from tui_monitor.cli.line_cache import file_mark, process_marks, save
from tui_monitor.cli.line_items import items_of
from tui_monitor.cli.surroundings import Surroundings, current_surroundings, now_ms
from tui_monitor.config import STORE_NAME, config_files
from tui_monitor.events import Event, ProcessScan
from tui_monitor.feed.live_selection import LiveSelector
from tui_monitor.feed.process_scan import scan_processes
from tui_monitor.feed.source_selection import SourceSelection
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.live.status import StatusWord, status
from tui_monitor.live.status.open_calls import activity
from tui_monitor.live.urgency import is_live
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.find import LIVE_MS
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.processes.table import process_table
from tui_monitor.sources.shared.fields import path_text
from tui_monitor.store import Store, StoreError, open_store

if TYPE_CHECKING:
    from tui_monitor.cli.line_cache import Answer

MAX_UNREAD = 64 << 10
"""Bytes that are read without storing them; more are stored, so that they are read once, and so is a new file."""
READ_S = 0.15
"""Seconds for storing what nobody has read yet; the next answer goes on."""
LOCK_S = 0.1
"""Seconds to wait for another program that writes the store."""
CALLS = 60
"""Last calls of a session that its state is judged by."""
MAX_FILES = 400
FEW_FILES = 64
"""Files that are all looked at; of more only those that were changed lately."""
HORIZON_S = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 45, 60)
"""Seconds from now at which it is looked whether the passing of time changes a state. An answer holds no longer."""
FIGURES_S = 10
"""Seconds for which an answer holds although the file of a session grows whose process states what it does: only its
figures are older then."""
UNSTATED_S = 2
"""Seconds for which an answer holds while a process works that does not say what it does."""


def compute(key: int) -> Answer:
    """Return the answer for this environment, and keep it."""
    here = current_surroundings()
    scans = _scans(here)
    selector = LiveSelector(here.search_context, default_registry(), now_ms)
    selector.select()
    selection = selector.select((), [process for scan in scans for process in scan.processes])
    files = _marks(here, selection)
    live, is_complete = _read(here, selection)
    scans = _scans(here)  # again: lines that were read may state their processes
    for scan in scans:
        live.apply_scan(scan, Changes())
    now, recent = now_ms(), set(map(path_text, _recent({**selection.files, **selection.background})))
    states = list(live.sessions.values())
    growing = {path: files.pop(path) for path in _growing(states, files)}
    answer: Answer = {
        "version": __version__,
        "environment": key,
        "items": items_of((state for state in states if is_live(state, now) or state.path in recent), now),
        "ascii": here.config.display.ascii,
        "until": _holds_until(states, now) if is_complete else 0,
        "files": files | _store_marks(here),
        "growing": growing,
        "until_figures": now + FIGURES_S * 1000,
        "processes": process_marks(process.pid for scan in scans for process in scan.processes),
    }
    save(key, answer)
    return answer


def _marks(here: Surroundings, selection: SourceSelection) -> dict[str, list[int]]:
    """Return the marks of what is read, taken before that."""
    search, adapters = here.search_context, default_registry().adapters
    sessions = [*selection.files, *selection.background, *selection.related][:MAX_FILES]
    own = [file.path for file in config_files(search.env, search.cwd)]
    registers = [path for adapter in adapters for path in _process_files(adapter, here)]
    roots = {root for adapter in adapters for root in adapter.roots(search)}
    return _marks_of((*sessions, *_with_parents(selection.folders, roots), *own, *registers))


def _with_parents(folders: Iterable[Path], roots: Collection[Path]) -> set[Path]:
    """Return the folders of sessions with those between them and the root that they are below: a session may begin in
    a new folder."""
    parents: set[Path] = set()
    for folder in folders:
        above = (folder, *folder.parents)
        parents.add(folder)
        parents.update(next((above[:end] for end, parent in enumerate(above) if parent in roots), ()))
    return parents


def _growing(states: Iterable[SessionState], files: Mapping[str, object]) -> list[str]:
    """Return which files are of sessions whose process states what it does, with those in a folder of their name."""
    stated = [os.path.splitext(state.path)[0] for state in states if state.path and activity(state)]  # noqa: PTH122
    return [path for path in files if any(path.startswith((f"{stem}.", f"{stem}/")) for stem in stated)]


def _store_marks(here: Surroundings) -> dict[str, list[int]]:
    """Return the marks of the store, taken when it is closed: opening it may change it."""
    path = here.data / STORE_NAME
    return _marks_of((path, path.with_name(f"{path.name}-wal")))


def _marks_of(paths: Iterable[Path]) -> dict[str, list[int]]:
    return {path: file_mark(path) for path in map(os.fsdecode, paths)}


def _process_files(adapter: Adapter, here: Surroundings) -> list[Path]:
    with suppress(Exception):  # a plug-in may raise anything
        return list(adapter.process_files(here.search_context))
    return []


def _scans(here: Surroundings) -> tuple[ProcessScan, ...]:
    return tuple(scan_processes(default_registry().adapters, here.search_context, process_table()).values())


def _read(here: Surroundings, selection: SourceSelection) -> tuple[LiveState, bool]:
    """Return the states of the selected sessions, and whether everything of them could be read."""
    live, changes, is_complete = LiveState(), Changes(), False
    files = {**selection.files, **selection.background}
    with suppress(StoreError), closing(open_store(here.data / STORE_NAME)) as store:
        store.set_lock_timeout(LOCK_S)
        events, is_complete = _news(here, store, files if len(files) <= FEW_FILES else _recent(files))
        known = {path_text(path) for path in files}
        with store.snapshot():
            for row in store.sessions():
                if row.path in known:
                    live.restore(store.history(row.session, CALLS), changes)
                    live.set_totals(store.totals(row.session), changes)
        live.apply(events, changes)
    return live, is_complete


def _recent(files: Mapping[Path, Adapter]) -> dict[Path, Adapter]:
    """Return those that were changed lately."""
    since = (now_ms() - LIVE_MS) * 1_000_000
    return {path: adapter for path, adapter in files.items() if (file_mark(str(path)) or [0])[0] >= since}


def _news(here: Surroundings, store: Store, files: Mapping[Path, Adapter]) -> tuple[list[Event], bool]:
    """Return the events that the store lacks, and whether these are all.

    New files, and long news, are stored before, as far as there is time: the next answer goes on.
    """
    until, events, is_complete = time.monotonic() + READ_S, list[Event](), True
    for path, adapter in files.items():
        with suppress(Exception):  # the others are still to be read
            news = _news_of(store, path, adapter, most=0)
            if (news.is_new or news.size > MAX_UNREAD) and time.monotonic() < until:
                _store_news(here, store, path, adapter, until)
            news = _news_of(store, path, adapter, most=MAX_UNREAD)
            events += news.events
            is_complete = is_complete and not news.is_new and news.size <= MAX_UNREAD
    return events, is_complete


class _News(NamedTuple):
    """What the store lacks of a file: whether that is all of it, its size (bytes, or rows), and its events."""

    is_new: bool
    size: int
    events: list[Event]


def _news_of(store: Store, path: Path, adapter: Adapter, most: int) -> _News:
    """Return what the store lacks of a file; its events only if their size is not more than ``most``."""
    with closing(adapter.open(path, store.checkpoints)) as source:
        batch, events = source.read(), list[Event]()
        if batch is None:
            return _News(is_new=False, size=0, events=[])
        read, end = source.progress()  # known once something is read
        is_new, size = not batch.before, max(1, end - read + batch.size)
        while batch and size <= most:
            events += batch.events
            batch = source.read()
        return _News(is_new, size, events)


def _store_news(here: Surroundings, store: Store, path: Path, adapter: Adapter, until: float) -> None:
    from tui_monitor.feed.batch_reader import read_file  # with the price list, which is seldom needed
    from tui_monitor.pricing import PriceBook

    batches = count()  # the first one is always stored, however long it took to come here
    prices = PriceBook.configured(here.config)
    read_file(store, path, adapter, prices, lambda: next(batches) > 0 and time.monotonic() > until)


def _holds_until(states: Sequence[SessionState], now: int) -> int:
    """Return until when nothing changes by the passing of time alone (epoch ms)."""
    words = _words(states, now)
    is_unstated = any(state.process and state.process.activity is None and state.log.open for state in states)
    before = 0
    for seconds in HORIZON_S:
        later = now + seconds * 1000
        if _words(states, later) != words or (is_unstated and seconds > UNSTATED_S):
            break
        before = seconds
    return now + before * 1000


def _words(states: Iterable[SessionState], now: int) -> list[tuple[StatusWord, bool]]:
    return [(status(state, now).word, is_live(state, now)) for state in states]
