"""Tables and JSON documents as values, before they are printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tui_monitor.clean import escape_invisible

SCHEMA = 1
"""The version of all JSON documents."""

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""A JSON value."""

TableRow: TypeAlias = Sequence[str]


@dataclass(frozen=True, slots=True)
class TableData:
    """A table as text: the first column has names, the others numbers, the most important first.

    ``total`` is a last row with the totals, ``more`` the number of rows left out.
    """

    title: str
    columns: TableRow
    rows: Sequence[TableRow]
    total: TableRow = ()
    more: int = 0


def json_text(document: Json) -> str:
    """Return a document as indented JSON, in which all that a terminal does not draw is escaped."""
    import orjson

    try:
        text = orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
    except TypeError:  # lone surrogates, integers beyond 64 bits
        text = json.dumps(document, indent=2)
    return escape_invisible(text) + "\n"


def json_line(document: Json) -> str:
    """Return the same on one line."""
    import orjson

    try:
        text = orjson.dumps(document).decode()
    except TypeError:
        text = json.dumps(document, separators=(",", ":"))
    return escape_invisible(text) + "\n"
