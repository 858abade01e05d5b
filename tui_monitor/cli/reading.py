"""Reading for reports: all that is named, or all that is new on this machine, before the answer."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tui_monitor.cli.setting import Setting, now_ms
from tui_monitor.events import SessionKey
from tui_monitor.feed.batch_reader import read_files, read_pipe
from tui_monitor.feed.source_selection import CwdSelector
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.expand import STANDARD_INPUT, expand, related_files_of
from tui_monitor.sources.discovery.find import DiscoveredSession, find_sessions
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.shared.fields import path_text
from tui_monitor.store import Store

PATIENCE_S = 1.0
"""So long nothing is said; then a person at a terminal is told how far it is."""


@dataclass(slots=True)
class Reading:
    """What was read: the files, and the sessions of which they told something new. Each line of ``errors`` says what
    could not be read and why, each of ``skipped`` what was found beside it and is no session."""

    files: frozenset[str] = frozenset()
    sessions: frozenset[SessionKey] = frozenset()
    errors: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def read_paths(store: Store, setting: Setting, words: Sequence[str]) -> Reading:
    """Read what the words of a command line name."""
    registry, prices = default_registry(), setting.prices()
    selection = expand(words, registry)
    files: dict[Path, Adapter] = {}
    for session in selection.sessions:
        files |= dict.fromkeys((session.path, *session.related_files), session.adapter)
    reading = Reading(errors=[*registry.errors, *selection.errors], skipped=selection.skipped)
    for path in selection.waiting:
        reading.errors.append(f"{path_text(path)}: {'is empty' if path.exists() else 'no such file'}")
    _read(store, setting, files, reading)
    for pipe in selection.pipes:
        touched, errors = read_pipe(store, pipe, 0 if pipe == STANDARD_INPUT else None, registry, prices)
        reading.sessions |= touched
        reading.errors += errors
    return reading


def read_everything(store: Store, setting: Setting) -> Reading:
    """Read what is new of all sessions on this machine."""
    registry = default_registry()
    reading = Reading(errors=list(registry.errors))
    _read(store, setting, _files_of(find_sessions(registry.adapters, setting.search_context)), reading)
    return reading


def read_newest(store: Store, setting: Setting) -> Reading:
    """Read the session that the monitor would show, and what tells of it beside; where there is none, the newest of
    all."""
    registry = default_registry()
    reading = Reading(errors=list(registry.errors))
    wanted = CwdSelector(setting.search_context, registry, now_ms).select()
    files = wanted.files or _files_of(find_sessions(registry.adapters, setting.search_context)[:1])
    beside = Reading()
    _read(store, setting, wanted.related, beside)
    _read(store, setting, files, reading)
    reading.errors += beside.errors
    return reading


def _files_of(sessions: Iterable[DiscoveredSession]) -> dict[Path, Adapter]:
    """The files of sessions with those of their sub-agents."""
    files: dict[Path, Adapter] = {}
    for session in sessions:
        files[session.path] = session.adapter
        files |= dict.fromkeys(related_files_of(session.adapter, session.path), session.adapter)
    return files


def _read(store: Store, setting: Setting, files: Mapping[Path, Adapter], reading: Reading) -> None:
    tell = _teller(len(files))
    touched, errors = read_files(store, files, setting.prices(), tell)
    tell(0)
    reading.files = frozenset(map(path_text, files))
    reading.sessions |= touched
    reading.errors += errors


def _teller(total: int) -> Callable[[int], None]:
    """Tells a person at a terminal how many files are read, if it takes long; 0 wipes that away."""
    if not sys.stderr.isatty():
        return lambda done: None
    began = time.monotonic()
    told = False

    def tell(done: int) -> None:
        nonlocal told
        if done and time.monotonic() - began > PATIENCE_S:
            told = True
            sys.stderr.write(f"\rreading {done:,} of {total:,} files")
        elif told and not done:
            sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()

    return tell
