"""Expanding path arguments (files, folders, globs, pipes) into sources, each once."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path

from tui_monitor.sources.base import Adapter
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.head import NoContentYet, UnreadableFile, UnrecognisedFormat
from tui_monitor.sources.shared.fields import path_text

STANDARD_INPUT = Path("-")


@dataclass(frozen=True, slots=True)
class SessionBundle:
    """The main file of a session and the files of its sub-agents."""

    adapter: Adapter
    path: Path
    related_files: tuple[Path, ...]


@dataclass(slots=True)
class ExpandedPaths:
    """The sources of some path arguments, as absolute paths.

    ``pipes`` (``-`` is standard input) and ``pending`` (missing or empty files) have no known format yet; ``skipped``
    and ``errors`` are lines of text that name their file and the reason. ``refused`` are the files found that are no
    sources, and will not become any by growing.
    """

    sessions: list[SessionBundle] = field(default_factory=list)
    pipes: list[Path] = field(default_factory=list)
    pending: list[Path] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    refused: set[Path] = field(default_factory=set)


def expand(path_args: Iterable[str], registry: Registry) -> ExpandedPaths:
    """Return the sources of ``path_args``: each session once, sub-agents' files with their main file if it is included.

    An unreadable file is an error if it is an argument itself, and is skipped if it comes from a folder or a glob.
    """
    expansion = _Expansion(registry)
    for path_arg in path_args:
        expansion.add(path_arg)
    return expansion.result()


def superseded(files: Mapping[Path, Adapter]) -> dict[Path, str]:
    """Return the files made redundant by better ones among ``files``, each with a line that says so."""
    paths: dict[Adapter, list[Path]] = {}
    for path, adapter in files.items():
        paths.setdefault(adapter, []).append(path)
    redundant: list[Path] = []
    for adapter, own in paths.items():
        with suppress(Exception):  # a file that cannot be read, or a plug-in that fails
            redundant += adapter.superseded(own)
    return {path: f"{path_text(path)}: superseded by another file of the same session" for path in redundant}


def related_files_of(adapter: Adapter, path: Path) -> tuple[Path, ...]:
    """Return the other files of the session at ``path`` that can be found."""
    with suppress(Exception):  # a folder that cannot be read, or a plug-in that fails
        return tuple(adapter.related_files(path))
    return ()


def is_pattern(path_arg: str) -> bool:
    """Return True if the argument may match several files."""
    return any(wildcard in path_arg for wildcard in "*?[")


class _Expansion:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._result = ExpandedPaths()
        self._bundles: dict[object, SessionBundle] = {}
        self._related: set[object] = set()
        self._identities: set[object] = set()
        self._skipped: set[str] = set()

    def add(self, path_arg: str) -> None:
        path = Path(path_arg).absolute()
        mode = _mode(path)
        if path_arg == str(STANDARD_INPUT):
            self._add_pipe(STANDARD_INPUT)
        elif stat.S_ISDIR(mode):
            self._add_folder(path)
        elif not mode and is_pattern(path_arg):
            self._add_matches(path_arg)
        elif stat.S_ISFIFO(mode):
            self._add_pipe(path)
        else:
            self._add_argument(path)

    def result(self) -> ExpandedPaths:
        bundles = [bundle for key, bundle in self._bundles.items() if key not in self._related]
        redundant = superseded({bundle.path: bundle.adapter for bundle in bundles})
        self._result.sessions = [bundle for bundle in bundles if bundle.path not in redundant]
        self._result.skipped += redundant.values()
        self._result.refused.update(redundant)
        return self._result

    def _add_pipe(self, path: Path) -> None:
        if path not in self._result.pipes:
            self._result.pipes.append(path)

    def _add_folder(self, folder: Path) -> None:
        for path in _files_under(folder, self._result.skipped):
            self._add_match(path)

    def _add_matches(self, pattern: str) -> None:
        matches = sorted(glob(pattern, recursive=True))  # noqa: PTH207  (Path.glob takes no absolute pattern)
        if not matches:
            self._result.errors.append(f"{path_text(pattern)}: no file matches")
        for path in map(Path.absolute, map(Path, matches)):
            if stat.S_ISDIR(_mode(path)):
                self._add_folder(path)
            else:
                self._add_match(path)

    def _add_match(self, path: Path) -> None:
        try:
            self._add_file(path)
        except UnrecognisedFormat as error:
            is_sidecar = self._registry.is_sidecar(path)
            if not is_sidecar and str(error) not in self._skipped:
                self._skipped.add(str(error))
                self._result.skipped.append(str(error))
            if is_sidecar or not isinstance(error, NoContentYet | UnreadableFile):
                self._result.refused.add(path)

    def _add_argument(self, path: Path) -> None:
        try:
            self._add_file(path)
        except NoContentYet:
            self._result.pending.append(path)
        except UnrecognisedFormat as error:
            self._result.errors.append(str(error))

    def _add_file(self, path: Path) -> None:
        key = _identity(path)
        if key in self._identities or key in self._related:
            self._result.refused.add(path)
            return
        self._identities.add(key)
        adapter = self._registry.recognise(path)
        related_files = related_files_of(adapter, path)
        self._related.update(map(_identity, related_files))
        self._bundles[key] = SessionBundle(adapter, path, related_files)


def _mode(path: Path) -> int:
    """Return the mode of a file; 0 if it does not exist or cannot be reached."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _files_under(folder: Path, skipped: list[str]) -> Iterator[Path]:
    def skip(error: OSError) -> None:
        skipped.append(f"{path_text(Path(error.filename))}: {(error.strerror or str(error)).lower()}")

    for parent, folders, names in os.walk(folder, onerror=skip):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names))


def _identity(path: Path) -> object:
    """Return a key that is equal for all names of a file."""
    try:
        status = path.stat()
    except OSError:
        return path
    return (status.st_dev, status.st_ino) if status.st_ino else path
