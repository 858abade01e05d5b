"""Lines of settings in a TOML text, for warnings: the standard library's parser reports none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import TypeAlias

_Path: TypeAlias = tuple[str, ...]

_NAME = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*\[\s*({_DOTTED})\s*\]")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=")
_ONE_NAME = re.compile(_NAME)
_DEPTH = 4
"""Names in the longest key of a setting."""


class SettingLines:
    """Numbers of the lines of a TOML text by their settings. The text is read once, when it is first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def find(self, key: tuple[str, ...]) -> int | None:
        """Return the number of the line that sets ``key``, or that opens the table it is in; None if there is none."""
        paths, beginnings = self._index
        parents = (key[:length] for length in range(len(key) - 1, 0, -1))
        return beginnings.get(key) or next((paths[parent] for parent in parents if parent in paths), None)

    @cached_property
    def _index(self) -> tuple[dict[_Path, int], dict[_Path, int]]:
        """Return the first line of each whole path, and of each beginning of a path."""
        paths: dict[_Path, int] = {}
        beginnings: dict[_Path, int] = {}
        for number, path in _paths(self._text):
            paths.setdefault(path, number)
            for length in range(1, len(path) + 1):
                beginnings.setdefault(path[:length], number)
        return paths, beginnings


def _paths(text: str) -> Iterator[tuple[int, _Path]]:
    table: _Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _names(header[1])
            yield number, table
        elif assignment := _ASSIGNMENT.match(line):
            yield number, (*table, *_names(assignment[1]))[:_DEPTH]


def _names(dotted: str) -> _Path:
    """Return the first names of a dotted key."""
    import tomllib

    first = ".".join(name[0] for name in islice(_ONE_NAME.finditer(dotted), _DEPTH))
    names: list[str] = []
    table: object = tomllib.loads(f"{first} = 0")
    while isinstance(table, dict):
        ((name, table),) = table.items()
        names.append(name)
    return tuple(names)
