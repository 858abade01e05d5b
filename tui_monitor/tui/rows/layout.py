"""A row of the log, the columns that fit into a width, and the row composed into exactly that many cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

from rich.cells import cell_len

from tui_monitor.tui.rows.outcome import Outcome
from tui_monitor.tui.rows.target import RowTarget
from tui_monitor.tui.spans import (
    Spans,
    TextSpan,
    Tone,
    cut_end,
    cut_start,
    cut_words,
    first_fit,
    flush_right,
    to_width,
    width_of,
)


@dataclass(frozen=True, slots=True)
class LogRow:
    """A row of the log before it is fitted into a width: ``time`` as ``HH:MM:SS``, outcome and duration from the
    longest form to the shortest, and the line ``below`` it, if any. A row without a ``tool`` gives its place to the
    target."""

    glyph: TextSpan
    target: RowTarget
    tool: str = ""
    time: str = ""
    outcome: Outcome = ()
    duration: tuple[str, ...] = ()
    below: str = ""
    depth: int = 0


GAP = "  "
"""Between a target and the other texts in its column."""
LEAST_ASIDE = 12
"""Cells of an aside; if fewer would be visible it is left out."""
TOOL_ON_DEMAND = 5
"""Cells for the tool's name in the selected row of a log without a tool column."""
SHARED_DURATION = 5
"""Cells in which a duration is flush right where it shares a column, if there is room."""


_OUTCOME_NAME: Outcome = ((TextSpan("result", Tone.DIM),),)


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of the columns in cells, 0 for a missing one. Without a column of its own the duration shares that of the
    outcome. The target takes the remaining width. A narrow time is without its seconds."""

    width: int
    time: int = 0
    tool: int = 0
    outcome: int = 0
    duration: int = 0
    indent: int = 1

    @property
    def target(self) -> int:
        """Width of the target's column."""
        others = (self.time, 1, self.tool, self.outcome, self.duration)
        return max(0, self.width - sum(column + 1 for column in others if column))


_BY_WIDTH = (
    (90, Columns(0, time=8, tool=6, outcome=21, duration=6, indent=2)),
    (80, Columns(0, time=5, tool=5, outcome=13, duration=5)),
    (62, Columns(0, time=5, tool=5, outcome=12, duration=5)),
    (46, Columns(0, tool=5, outcome=13)),
    (20, Columns(0, outcome=8)),
    (0, Columns(0)),
)


def columns_for(width: int) -> Columns:
    """Return the columns of a log that is ``width`` cells wide."""
    return next(replace(columns, width=width) for least, columns in _BY_WIDTH if width >= least)


def compose(row: LogRow, columns: Columns, selected: bool = False) -> Spans:
    """Return the first line of ``row``. Without a tool column the ``selected`` row shows its tool, and a row without a
    target shows its tool in place of the target."""
    if columns.tool and cell_len(row.tool) > columns.tool:
        row = replace(row, tool="", target=replace(row.target, prefix=f"{row.tool}{GAP}{row.target.prefix}"))
    if not columns.tool and not (row.target.prefix or row.target.text):
        row = replace(row, tool="", target=replace(row.target, text=row.tool, path=False))
    elif not columns.tool and selected:
        columns = replace(columns, tool=TOOL_ON_DEMAND)
    indent = _indent(row, columns)
    time = (TextSpan(row.time[: columns.time].ljust(columns.time) + " ", Tone.DIM),) if columns.time else ()
    tool = (
        (*to_width([TextSpan(row.tool, row.target.tone)], columns.tool), TextSpan(" "))
        if columns.tool and row.tool
        else ()
    )
    duration = first_fit(_forms(row.duration), columns.duration) if columns.duration else ()
    has_end = bool(columns.duration and (row.outcome or row.duration))
    after = (TextSpan(" "), *flush_right(duration, columns.duration)) if has_end else ()
    outcome = first_fit(row.outcome, columns.outcome) if columns.duration else _shared(row, columns.outcome)
    before = (*time, TextSpan(" " * indent), TextSpan(f"{row.glyph.text} ", row.glyph.tone), *tool)
    middle = columns.width - width_of(before) - width_of(after)
    target = _target(row.target, middle, middle - columns.outcome - bool(columns.outcome), outcome)
    return to_width([*before, *target, *outcome, *after], columns.width)


def heading(columns: Columns) -> Spans:
    """Return the names of the columns, above the rows."""
    names = RowTarget("what", Tone.DIM)
    return compose(LogRow(TextSpan(" "), names, "tool", "time", _OUTCOME_NAME, ("took",)), columns)


def compose_below(row: LogRow, columns: Columns) -> Spans:
    """Return the second line of ``row``: the reason of a failure, or what an agent does now."""
    margin = sum(column + 1 for column in (columns.time, 1, columns.tool) if column) + _indent(row, columns)
    return to_width(
        (TextSpan(" " * margin), TextSpan("↳ ", row.glyph.tone), TextSpan(row.below, Tone.DIM)), columns.width
    )


def _indent(row: LogRow, columns: Columns) -> int:
    return min(row.depth * columns.indent, columns.target // 3)


def _forms(texts: Iterable[str]) -> list[Spans]:
    return [(TextSpan(text, Tone.DIM),) for text in texts]


def _shared(row: LogRow, width: int) -> Spans:
    """Return outcome and duration in one column: both if they fit, else the outcome unless the duration says more."""
    durations = _forms(row.duration)
    for outcome, duration in product(row.outcome, durations):
        gap = width - width_of(outcome) - width_of(duration)
        if gap >= 1:
            return (*outcome, TextSpan(" " * min(gap, 1 + max(0, SHARED_DURATION - width_of(duration)))), *duration)
    plain = not row.outcome or all(span.tone is Tone.DIM for span in row.outcome[0])
    if durations and plain:
        return first_fit(durations, width)
    fitting = [outcome for outcome in row.outcome if width_of(outcome) <= width]
    return first_fit(fitting if plain else row.outcome, width)


def _target(target: RowTarget, middle: int, column: int, outcome: Spans) -> Spans:
    """Return the target in the part of ``middle`` cells that ``outcome`` does not take. Text and aside may be wider
    than their ``column``; marks and an aside do not repeat the outcome or a part of it."""
    room = middle - width_of(outcome)
    outcome_text = "".join(span.text for span in outcome)
    warning = (TextSpan(GAP), TextSpan(target.warning, Tone.DOUBT)) if target.warning else ()
    marks = (*warning, TextSpan(GAP), TextSpan(target.marks, Tone.DIM)) if target.marks not in outcome_text else warning
    fixed = cell_len(target.prefix) + cell_len(target.suffix) + width_of(marks)
    text = (cut_start if target.path else cut_end)(target.text, max(column, room - len(GAP)) - fixed)
    folder, slash, name = text.rpartition("/") if target.path else ("", "", text)
    spans = (
        TextSpan(target.prefix, target.tone),
        TextSpan(folder + slash, Tone.DIM),
        TextSpan(name, target.tone),
        TextSpan(target.suffix, target.tone),
        *marks,
    )
    rest = room - width_of(spans) - len(GAP) * (1 + bool(outcome))
    if (
        target.aside
        and rest >= min(LEAST_ASIDE, cell_len(target.aside))
        and target.aside not in outcome_text
        and not any(text.strip() and text in target.aside for text, _ in outcome)
    ):
        spans = (*spans, TextSpan(GAP), TextSpan(cut_words(target.aside, rest), Tone.DIM))
    return to_width(spans, room)
