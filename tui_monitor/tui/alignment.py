"""Lines of spans aligned to a width: something at both ends, or in columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from tui_monitor.tui.spans import Span, Spans, Tone, cut_end, cut_start, flush_right, to_width, width_of

GAP = 2


def justify(pairs: Sequence[tuple[Spans, Spans]], width: int) -> Spans:
    """The first pair of left and right that fits into ``width`` cells with a gap between; of the last one as much of
    the left as fits. One cell at both edges stays free."""
    room = max(0, width - 2)
    for left, right in pairs:
        if width_of(left) + (GAP if right else 0) + width_of(right) <= room:
            break
    else:
        left, right = pairs[-1]
        right = to_width(right, min(width_of(right), room))
    left = to_width(left, max(0, room - width_of(right)))
    return to_width((Span(" "), *left, *right, Span(" ")), width)


def join_spans(parts: Sequence[Spans], between: str) -> Spans:
    """``parts`` one after the other, those that say something separated by ``between``."""
    spans: list[Span] = []
    for part in parts:
        if part:
            spans += [Span(between), *part] if spans else part
    return tuple(spans)


GAP = 2


def table(rows: Sequence[Sequence[Spans]], width: int, paths: bool = False) -> list[Spans]:
    """Rows of cells as lines of ``width`` cells: the first column has what is left and is cut (at its beginning where
    it is a path), the others are as wide as their widest cell and flush right. Columns that do not fit are left out,
    the last first."""
    if not rows:
        return []
    widths = [max(width_of(row[column]) for row in rows) for column in range(len(rows[0]))]
    least = min(widths[0], max(12, width // 3))
    while len(widths) > 1 and least + sum(width + GAP for width in widths[1:]) > width:
        widths.pop()
    first = width - sum(column + GAP for column in widths[1:])
    return [_line(row, first, widths[1:], paths) for row in rows]


Cut: TypeAlias = Callable[[str, int], str]


def _line(row: Sequence[Spans], first: int, widths: Sequence[int], paths: bool) -> Spans:
    cut = cut_start if paths else cut_end
    head = to_width(_cut(row[0], first, cut), first)
    return (
        *head,
        *(span for cell, width in zip(row[1:], widths, strict=False) for span in flush_right(cell, width + GAP)),
    )


def _cut(spans: Spans, width: int, cut: Cut) -> Spans:
    if len(spans) == 1:
        return (Span(cut(spans[0].text, width), spans[0].tone),)
    return spans


def heading(*names: str) -> list[Spans]:
    """The cells of a heading."""
    return [(Span(name, Tone.DIM),) if name else () for name in names]
