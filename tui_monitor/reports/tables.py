"""Prints tables, as wide as the terminal at most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tui_monitor.clean import clean_line
from tui_monitor.reports.model import TableData, TableRow

GAP = 2
MIN_NAME_WIDTH = 16
"""Cells that the first column keeps; other columns are left out for them."""


def print_tables(tables: Iterable[TableData], notes: Iterable[str], file: TextIO, width: int) -> None:
    """Print tables in at most ``width`` cells, and below them the notes. Tables without rows are left out."""
    console = Console(file=file, width=width, highlight=False)
    with console.capture() as output:
        for table in map(_clean, tables):
            if table.rows:
                console.print(_rich_table(table, width))
                console.print()
        for note in notes:
            console.print(Text(clean_line(note), style="dim"), soft_wrap=True)
    file.write(output.get())


def _clean(data: TableData) -> TableData:
    """Return a table in which no cell holds anything but text on one line."""
    rows = [_clean_row(row) for row in data.rows]
    return replace(data, columns=_clean_row(data.columns), rows=rows, total=_clean_row(data.total))


def _clean_row(cells: TableRow) -> TableRow:
    return [clean_line(cell) for cell in cells]


def _rich_table(data: TableData, width: int) -> Table:
    widths = _column_widths(data, width)
    table = Table(title=data.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.show_edge = table.pad_edge = False
    table.caption, table.caption_justify = (f"and {data.more:,} more" if data.more else None), "left"
    for name, cells in zip(data.columns, widths, strict=False):
        justify: Literal["left", "right"] = "right" if table.columns else "left"
        table.add_column(name, justify=justify, width=cells, no_wrap=True, overflow="ellipsis")
    for row in data.rows:
        table.add_row(*map(Text, row[: len(widths)]))
    if data.total:
        table.add_section()
        table.add_row(*map(Text, data.total[: len(widths)]), style="bold")
    return table


def _column_widths(data: TableData, width: int) -> Sequence[int]:
    """Return the widths of the columns that fit: the first is cut to its minimum, then the last ones are left out."""
    rows = [data.columns, *data.rows, *([data.total] if data.total else [])]
    widths = [max(map(cell_len, cells)) for cells in zip(*rows, strict=True)]
    while len(widths) > 1 and min(widths[0], MIN_NAME_WIDTH) + _number_columns_width(widths) > width:
        widths.pop()
    widths[0] = min(widths[0], max(1, width - _number_columns_width(widths)))
    return widths


def _number_columns_width(widths: Sequence[int]) -> int:
    """Return the cells of all columns but the first, with the gaps before them."""
    return sum(GAP + cells for cells in widths[1:])
