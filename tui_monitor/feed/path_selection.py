"""Selection of the sources that a command line names, and of the files that appear in its folders."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from glob import glob
from heapq import nlargest
from pathlib import Path

from tui_monitor.events import SessionProcess
from tui_monitor.feed.source_selection import SourceSelection, Throttle, modified
from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.expand import (
    ExpandedPaths,
    SessionBundle,
    expand,
    is_pattern,
    related_files_of,
    superseded,
)
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.folder_listing import NewFiles
from tui_monitor.sources.files.head import NoContentYet, UnreadableFile, UnrecognisedFormat

MAX_RECENT = 32
"""Sessions whose related files are looked up: the ones modified last."""
MAX_SORT_SHARE = 0.001
"""The largest share of a core for finding out which those are."""
MAX_NEW_FOLDERS = 64
"""Folders that are watched although they have no session yet: the ones created last."""


class PathSelector:
    """Selects the files, folders, globs and pipes of a command line, and the files that appear in the folders.

    What is reported as changed is looked at at once. All folders are searched as often as a small share of a core
    allows, in case a report was missed; that costs a look at each folder, and at each new file.
    """

    def __init__(self, arguments: Sequence[str], registry: Registry) -> None:
        self._registry = registry
        self._arguments = tuple(arguments)
        self._files: dict[Path, Adapter] = {}
        self._main_files: dict[Path, Adapter] = {}
        self._recent: list[Path] = []
        self._waiting: set[Path] = set()
        self._undecided: set[Path] = set()
        self._refused: set[Path] = set()
        self._new_files = NewFiles()
        self._file_folders: set[Path] = set()
        self._new_folders: dict[Path, None] = {}
        self._throttle = Throttle()
        self._sort_throttle = Throttle(MAX_SORT_SHARE)
        self._selection = SourceSelection({})
        self._started = False

    def follow(self, path: Path) -> None:
        """Do nothing: all that the arguments name is read in turns."""

    def select(self, changed: Collection[Path] = (), processes: Iterable[SessionProcess] = ()) -> SourceSelection:
        """Return everything that the arguments name by now; the same object again if nothing was added."""
        before = len(self._files)
        notes: list[str] = []
        pipes: tuple[Path, ...] = ()
        if not self._started:
            expanded = self._start()
            notes += [*expanded.errors, *expanded.skipped]
            pipes = tuple(expanded.pipes)
        notes += self._add_new_files([*self._changed_files(changed)])
        if self._throttle.allows():
            notes += self._add_new_files([*self._waiting, *self._undecided, *self._files_found()])
            self._throttle.finish()
        if self._sort_throttle.allows():
            self._recent = nlargest(MAX_RECENT, self._main_files, key=modified)
            self._sort_throttle.finish()
        self._add_related_files(self._recent)
        folders = self._watched_folders()
        if len(self._files) != before or folders != self._selection.folders or notes or pipes:
            self._selection = SourceSelection(dict(self._files), folders=folders)
            return replace(self._selection, notes=tuple(notes), pipes=pipes)
        return self._selection

    def _start(self) -> ExpandedPaths:
        """Select what the arguments name at first."""
        self._started = True
        expanded = expand(self._arguments, self._registry)
        for session in sorted(expanded.sessions, key=_last_modified, reverse=True):
            self._main_files[session.path] = session.adapter
            self._add(dict.fromkeys((session.path, *session.related_files), session.adapter))
        self._waiting.update(expanded.pending)
        self._refused.update(expanded.refused)
        return expanded

    def _add(self, files: dict[Path, Adapter]) -> None:
        new = {path: adapter for path, adapter in files.items() if path not in self._files}
        self._files |= new
        self._file_folders.update(path.parent for path in new)

    def _changed_files(self, changed: Iterable[Path]) -> Iterator[Path]:
        """Yield what has changed in the folders, and the files in new folders."""
        folders = [str(folder) for folder in self._folders()] if changed else []
        for path in changed:
            if path in self._waiting or path in self._undecided:
                yield path
            elif path not in self._selection.folders and _is_below(path, folders):
                if path.is_dir():
                    self._watch_new_folder(path)
                    yield from self._new_files.below(path)
                else:
                    yield path

    def _watch_new_folder(self, folder: Path) -> None:
        self._new_folders[folder] = None
        if len(self._new_folders) > MAX_NEW_FOLDERS:
            del self._new_folders[next(iter(self._new_folders))]

    def _add_new_files(self, paths: Iterable[Path]) -> list[str]:
        """Select those of the files that are sources. Return a note for each that is none, if it is to be said."""
        new: dict[Path, Adapter] = {}
        notes: list[str] = []
        for path in paths:
            if path in self._files or path in self._refused:
                continue
            try:
                new[path] = self._registry.recognise(path)
            except (NoContentYet, UnreadableFile):
                if path not in self._waiting and path.exists() and not self._registry.is_sidecar(path):
                    self._undecided.add(path)
                continue
            except UnrecognisedFormat as error:
                if path in self._waiting and path not in self._folders():
                    notes.append(str(error))
                self._refused.add(path)
            self._waiting.discard(path)
            self._undecided.discard(path)
        redundant = superseded(self._main_files | new) if new else {}
        self._refused.update(redundant)
        selected = {path: adapter for path, adapter in new.items() if path not in redundant}
        self._main_files |= selected
        self._add(selected)
        self._recent = [*selected, *self._recent][:MAX_RECENT]
        return notes + [note for path, note in redundant.items() if path in new]

    def _add_related_files(self, paths: Iterable[Path]) -> None:
        for path in paths:
            adapter = self._main_files[path]
            self._add(dict.fromkeys(related_files_of(adapter, path), adapter))

    def _files_found(self) -> Iterator[Path]:
        """Yield the new files in the folders and those that match the globs. Unreadable folders are skipped."""
        for folder in self._folders():
            yield from self._new_files.below(folder)
        for argument in self._arguments:
            if is_pattern(argument):
                yield from map(Path.absolute, map(Path, glob(argument, recursive=True)))  # noqa: PTH207

    def _watched_folders(self) -> frozenset[Path]:
        folders = self._file_folders.union(self._folders(), self._new_folders, (path.parent for path in self._waiting))
        return self._selection.folders if folders == self._selection.folders else frozenset(folders)

    def _folders(self) -> list[Path]:
        """Return the arguments that are folders by now."""
        return [Path(argument).absolute() for argument in self._arguments if os.path.isdir(argument)]  # noqa: PTH112  (never raises)


def _is_below(path: Path, folders: Iterable[str]) -> bool:
    text = str(path)
    return any(text.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def _last_modified(session: SessionBundle) -> float:
    """Return when a file of the session was last modified, in epoch seconds."""
    return max(map(modified, (session.path, *session.related_files)))
