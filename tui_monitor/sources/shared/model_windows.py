"""Context windows of models as an agent runs them, from the files in which a person or the agent itself sets them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import orjson

from tui_monitor.regular_files import read_bytes
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import table

MAX_BYTES = 32 << 20
_COMMENT = re.compile(rb'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(rb'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')

Windows = Mapping[tuple[str, str], int]
"""Windows in tokens by provider and model."""
WindowsOf = Callable[[Path, Record], Windows]
"""Reads the windows in a file that holds a JSON object."""


class ModelWindows:
    """The windows of one session's models as ``files`` have them now; the first that has a model wins."""

    def __init__(self, files: tuple[Path, ...], windows_of: WindowsOf) -> None:
        self._files = files
        self._windows_of = windows_of
        self._limits: dict[tuple[str, str], int | None] = {}

    def limit_of(self, provider: str, model: str) -> int | None:
        """Return the window of a provider's model in tokens; None if no file has it."""
        key = (provider, model)
        if key not in self._limits:
            limits = (_windows_in(file, self._windows_of).get(key) for file in self._files)
            self._limits[key] = next((limit for limit in limits if limit is not None), None)
        return self._limits[key]


def _no_windows(file: Path, document: Record) -> Windows:
    return {}


NO_WINDOWS = ModelWindows((), _no_windows)


def _windows_in(file: Path, windows_of: WindowsOf) -> Windows:
    try:
        status = file.stat()
    except OSError:
        return {}
    return _read(file, windows_of, status.st_mtime_ns, status.st_size) if status.st_size <= MAX_BYTES else {}


@lru_cache(maxsize=64)
def _read(file: Path, windows_of: WindowsOf, modified: int, size: int) -> Windows:
    """Read the windows in a file; empty if it cannot be read. It may have comments, and commas after the last value."""
    try:
        content = read_bytes(file, MAX_BYTES)
        document = table(orjson.loads(_TRAILING_COMMA.sub(rb"\1", _COMMENT.sub(rb"\1", content))))
    except (OSError, ValueError):
        return {}
    return windows_of(file, document)
