"""Rows as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

from tui_monitor.clean import clean_line
from tui_monitor.reports.datasets import Row
from tui_monitor.reports.model import Json

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Beginnings of a cell that spreadsheets evaluate."""


def csv_text(rows: Sequence[Row]) -> str:
    """Return the rows with a line of names; before a text that would be a formula stands an apostrophe, which makes it
    a text to a spreadsheet."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0] if rows else ())
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return text.getvalue()


def _cell(value: Json) -> str | int | float:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return value
    text = clean_line(str(value))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
