"""Lines of settings in a TOML text, for warnings: the standard library's parser reports none."""

from __future__ import annotations

import re

_NAME = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*\[\s*({_DOTTED})\s*\]")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=")


def line_of(text: str, key: tuple[str, ...]) -> int | None:
    """Return the number of the line that sets ``key``, or that opens the table it is in; None if there is none."""
    table: tuple[str, ...] = ()
    best, length = None, 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            path = table = _names(header[1])
        elif assignment := _ASSIGNMENT.match(line):
            path = (*table, *_names(assignment[1]))
        else:
            continue
        common = min(len(path), len(key))
        if common > length and path[:common] == key[:common]:
            best, length = number, common
    return best


def _names(dotted: str) -> tuple[str, ...]:
    import tomllib

    names: list[str] = []
    table: object = tomllib.loads(f"{dotted} = 0")
    while isinstance(table, dict):
        ((name, table),) = table.items()
        names.append(name)
    return tuple(names)
