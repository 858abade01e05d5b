"""What the words of a command line name: files, folders, globs, pipes → sources, each once."""

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
from tui_monitor.sources.files.head import NoContentYet, UnrecognisedFormat
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
    """What the words name. Files and folders are absolute; each line of text names its file and says why.

    ``pipes`` (standard input is ``-``) and ``waiting`` (not there yet, or still empty) have no known format so far.
    """

    sessions: list[SessionBundle] = field(default_factory=list)
    pipes: list[Path] = field(default_factory=list)
    waiting: list[Path] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def expand(words: Iterable[str], registry: Registry) -> ExpandedPaths:
    """All that the words name: each session once, sub-agents' files with the main file if that is named too.

    A file that is named itself and cannot be read is an error; one that a folder or a glob brings is skipped.
    """
    expansion = _Expansion(registry)
    for word in words:
        expansion.add(word)
    return expansion.selection()


def superseded(files: Mapping[Path, Adapter]) -> dict[Path, str]:
    """Those of these files that need not be read, since others of them tell the same better; with a line that says
    so."""
    paths: dict[Adapter, list[Path]] = {}
    for path, adapter in files.items():
        paths.setdefault(adapter, []).append(path)
    found: list[Path] = []
    for adapter, own in paths.items():
        with suppress(Exception):  # a file that cannot be read, or a plug-in that fails
            found += adapter.superseded(own)
    return {path: f"{path_text(path)}: tells again what another file tells" for path in found}


def related_files_of(adapter: Adapter, path: Path) -> tuple[Path, ...]:
    """The other files that belong to the session of ``path``, as far as they can be found."""
    with suppress(Exception):  # a folder that cannot be read, or a plug-in that fails
        return tuple(adapter.related_files(path))
    return ()


def is_pattern(word: str) -> bool:
    """Whether a word may stand for several files."""
    return any(wildcard in word for wildcard in "*?[")


class _Expansion:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._selection = ExpandedPaths()
        self._found: dict[object, SessionBundle] = {}
        self._related: set[object] = set()
        self._seen: set[object] = set()

    def add(self, word: str) -> None:
        path = Path(word).absolute()
        mode = _mode(path)
        if word == str(STANDARD_INPUT):
            self._add_pipe(STANDARD_INPUT)
        elif stat.S_ISDIR(mode):
            self._add_folder(path)
        elif not mode and is_pattern(word):
            self._add_matches(word)
        elif stat.S_ISFIFO(mode):
            self._add_pipe(path)
        else:
            self._add_named(path)

    def selection(self) -> ExpandedPaths:
        found = [files for key, files in self._found.items() if key not in self._related]
        told_again = superseded({files.path: files.adapter for files in found})
        self._selection.sessions = [files for files in found if files.path not in told_again]
        self._selection.skipped += told_again.values()
        return self._selection

    def _add_pipe(self, path: Path) -> None:
        if path not in self._selection.pipes:
            self._selection.pipes.append(path)

    def _add_folder(self, folder: Path) -> None:
        for path in _files_under(folder, self._selection.skipped):
            self._add_found(path)

    def _add_matches(self, pattern: str) -> None:
        matches = sorted(glob(pattern, recursive=True))  # noqa: PTH207  (Path.glob takes no absolute pattern)
        if not matches:
            self._selection.errors.append(f"{path_text(pattern)}: no file matches")
        for path in map(Path.absolute, map(Path, matches)):
            if stat.S_ISDIR(_mode(path)):
                self._add_folder(path)
            else:
                self._add_found(path)

    def _add_found(self, path: Path) -> None:
        try:
            self._add_file(path)
        except UnrecognisedFormat as error:
            if not self._registry.is_sidecar(path):
                self._selection.skipped.append(str(error))

    def _add_named(self, path: Path) -> None:
        try:
            self._add_file(path)
        except NoContentYet:
            self._selection.waiting.append(path)
        except UnrecognisedFormat as error:
            self._selection.errors.append(str(error))

    def _add_file(self, path: Path) -> None:
        key = _identity(path)
        if key in self._seen or key in self._related:
            return
        self._seen.add(key)
        adapter = self._registry.recognise(path)
        related_files = related_files_of(adapter, path)
        self._related.update(map(_identity, related_files))
        self._found[key] = SessionBundle(adapter, path, related_files)


def _mode(path: Path) -> int:
    """What kind of file it is; 0 when it is not there, or cannot be reached."""
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
    """The same for two names of the same file."""
    try:
        status = path.stat()
    except OSError:
        return path
    return (status.st_dev, status.st_ino) if status.st_ino else path
