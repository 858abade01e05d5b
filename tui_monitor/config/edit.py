"""Setting a value in the user's own configuration file, whose comments and order stay."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def with_setting(text: str, key: Sequence[str], value: float | list[str]) -> str:
    """Return a TOML text in which ``key`` has this value.

    Raises:
        ValueError: it is no TOML, or written in a way that only a person can change.
    """
    expected = tomllib.loads(text)
    table = expected
    for name in key[:-1]:
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise ValueError(f"{name} is no table")
    table[key[-1]] = value
    edited = _edited(text, key, f"{_dotted(key[-1:])} = {_toml(value)}")
    if tomllib.loads(edited) != expected:
        raise ValueError(f"{_dotted(key)} is set in a way that only you can change")
    return edited


def _toml(value: float | list[str]) -> str:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return repr(value) if value % 1 else f"{value:.0f}"


def _edited(text: str, key: Sequence[str], line: str) -> str:
    """Replace the line of a key in its table, or add it to the table's end, or add the table."""
    lines = text.splitlines()
    parents = tuple(key[:-1])
    start = next((number for number, one in enumerate(lines) if _header(one) == parents), None) if parents else -1
    if start is None:
        head = [*lines, ""] if lines and lines[-1].strip() else lines
        return "\n".join([*head, f"[{_dotted(key[:-1])}]", line, ""])
    end = next(
        (number for number in range(start + 1, len(lines)) if lines[number].lstrip().startswith("[")), len(lines)
    )
    for number in range(start + 1, end):
        if re.match(rf"\s*(?:{re.escape(key[-1])}|\"{re.escape(key[-1])}\")\s*=", lines[number]):
            comment = re.search(r"\s+#.*$", lines[number])
            lines[number] = line + (comment[0] if comment else "")
            return "\n".join([*lines, ""])
    while end > start + 1 and not lines[end - 1].strip() and parents:
        end -= 1
    return "\n".join([*lines[:end], line, *lines[end:], ""])


def _header(line: str) -> tuple[str, ...] | None:
    """Return the names of the table that a line opens."""
    text = line.strip()
    if not text.startswith("[") or text.startswith("[["):
        return None
    try:
        table: object = tomllib.loads(text)
    except ValueError:
        return None
    names: list[str] = []
    while isinstance(table, dict) and table:
        ((name, table),) = table.items()
        names.append(name)
    return tuple(names)


def _dotted(key: Sequence[str]) -> str:
    return ".".join(name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False) for name in key)
