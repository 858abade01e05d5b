"""Reads the sources of a report into a store: the given paths, the newest session, or everything new."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tui_monitor.cli.garbage import rare_collections
from tui_monitor.cli.output import show_progress
from tui_monitor.cli.run_context import RunContext
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.events import SessionKey, SessionProcess
from tui_monitor.feed.batch_reader import read_files, read_pipe
from tui_monitor.feed.live_selection import LiveSelector
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.expand import STANDARD_INPUT, expand, related_files_of
from tui_monitor.sources.discovery.find import DiscoveredSession, find_sessions
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.shared.fields import path_text
from tui_monitor.store import Store

QUIET_S = 1.0
"""Seconds after which progress is shown on a terminal."""


@dataclass(slots=True)
class ReadSummary:
    """The files read, and the sessions with new events in them.

    ``errors`` has a line for each thing that could not be read, ``skipped`` one for each file that is no session;
    ``here`` is the file of the session of this folder, if that was looked for.
    """

    files: frozenset[str] = frozenset()
    sessions: frozenset[SessionKey] = frozenset()
    errors: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    here: str = ""

    @property
    def issues(self) -> list[str]:
        """All lines."""
        return [*self.errors, *self.skipped]


def read_paths(store: Store, context: RunContext, words: Sequence[str]) -> ReadSummary:
    """Read the sessions at the paths of a command line."""
    registry, prices = default_registry(), context.prices()
    selection = expand(words, registry)
    files: dict[Path, Adapter] = {}
    for session in selection.sessions:
        files |= dict.fromkeys((session.path, *session.related_files), session.adapter)
    summary = ReadSummary(errors=[*registry.errors, *selection.errors], skipped=selection.skipped)
    for path in selection.pending:
        summary.errors.append(f"{path_text(path)}: {'is empty' if path.exists() else 'no such file'}")
    _read(store, context, files, summary)
    for pipe in selection.pipes:
        sessions, errors = read_pipe(store, pipe, 0 if pipe == STANDARD_INPUT else None, registry, prices)
        summary.sessions |= sessions
        summary.errors += errors
    return summary


def read_everything(store: Store, context: RunContext) -> ReadSummary:
    """Read anything new in all sessions on this machine."""
    registry = default_registry()
    summary = ReadSummary(errors=list(registry.errors))
    _read(store, context, files_of(find_sessions(registry.adapters, context.search_context)), summary)
    return summary


def read_newest(store: Store, context: RunContext) -> ReadSummary:
    """Read the session that the monitor would show with its related files, else the newest of all."""
    registry = default_registry()
    summary = ReadSummary(errors=list(registry.errors))
    selection = LiveSelector(context.search_context, registry, now_ms).select()
    files = (
        selection.files
        or selection.background
        or files_of(find_sessions(registry.adapters, context.search_context)[:1])
    )
    related = ReadSummary()
    _read(store, context, selection.related, related)
    _read(store, context, files, summary)
    summary.errors += related.errors
    return summary


def read_live(store: Store, context: RunContext, processes: Iterable[SessionProcess]) -> ReadSummary:
    """Read the session of this folder with its related files, and all live ones, else the newest of all.

    ``processes`` are the agents' that live.
    """
    registry = default_registry()
    summary = ReadSummary(errors=list(registry.errors))
    selector = LiveSelector(context.search_context, registry, now_ms)
    selector.select()
    selection = selector.select((), processes)
    files = {**selection.files, **selection.background}
    if not files:
        files = files_of(find_sessions(registry.adapters, context.search_context)[:1])
    related = ReadSummary()
    _read(store, context, selection.related, related)
    _read(store, context, files, summary)
    summary.errors += related.errors
    summary.here = path_text(selection.here) if selection.here else ""
    return summary


def files_of(sessions: Iterable[DiscoveredSession]) -> dict[Path, Adapter]:
    """Return the files of sessions with those of their sub-agents."""
    files: dict[Path, Adapter] = {}
    for session in sessions:
        files[session.path] = session.adapter
        files |= dict.fromkeys(related_files_of(session.adapter, session.path), session.adapter)
    return files


def _read(store: Store, context: RunContext, files: Mapping[Path, Adapter], summary: ReadSummary) -> None:
    report_progress = show_count("reading", f"of {len(files):,} files")
    with rare_collections():
        sessions, errors = read_files(store, files, context.prices(), report_progress)
    report_progress(0)
    summary.files = frozenset(map(path_text, files))
    summary.sessions |= sessions
    summary.errors += errors


def show_count(verb: str, noun: str) -> Callable[[int], None]:
    """Return a function that shows how many are done on a terminal, if it takes long: ``reading 12 of 40 files``; 0
    wipes it away."""
    start = time.monotonic()
    is_visible = False

    def show(count: int) -> None:
        nonlocal is_visible
        if count and time.monotonic() - start > QUIET_S:
            is_visible = True
            show_progress(f"{verb} {count:,} {noun}")
        elif is_visible and not count:
            show_progress("")

    return show
