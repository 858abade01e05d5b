"""Lines of spans aligned to a width: with a left and a right part, or as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, cut_start, flush_right, to_width, width_of

GAP = 2

CutText: TypeAlias = Callable[[str, int], str]


Pair: TypeAlias = tuple[Spans, Spans]
"""A left and a right part of a line."""


def justify(pairs: Iterable[Pair], width: int) -> Spans:
    """Return the first pair that fits into ``width`` cells with a gap between, in exactly that many cells; those after
    it are not asked for. The last pair is cut at the end of its left part. One cell at both edges stays free."""
    room = max(0, width - 2)
    left_part: Spans = ()
    right_part: Spans = ()
    for left_part, right_part in pairs:
        if width_of(left_part) + (GAP if right_part else 0) + width_of(right_part) <= room:
            break
    else:
        right_part = to_width(right_part, min(width_of(right_part), room))
    left_part = to_width(left_part, max(0, room - width_of(right_part)))
    return to_width((TextSpan(" "), *left_part, *right_part, TextSpan(" ")), width)


def join_spans(parts: Sequence[Spans], separator: str) -> Spans:
    """Return the non-empty ``parts`` in one line, with ``separator`` between them."""
    spans: list[TextSpan] = []
    for part in parts:
        if part:
            spans += [TextSpan(separator), *part] if spans else part
    return tuple(spans)


def table(rows: Sequence[Sequence[Spans]], width: int, paths: bool = False) -> list[Spans]:
    """Return rows of cells as lines of ``width`` cells. The first column takes the remaining width and is cut (at its
    beginning with ``paths``); the others are as wide as their widest cell and flush right. Columns that do not fit are
    dropped, the last first."""
    if not rows:
        return []
    widths = [max(width_of(row[column]) for row in rows) for column in range(len(rows[0]))]
    least = min(widths[0], max(12, width // 3))
    while len(widths) > 1 and least + sum(width + GAP for width in widths[1:]) > width:
        widths.pop()
    first = width - sum(column + GAP for column in widths[1:])
    return [_line(row, first, widths[1:], cut_start if paths else cut_end) for row in rows]


def heading(*names: str) -> list[Spans]:
    """Return the cells of a heading row."""
    return [(TextSpan(name, Tone.DIM),) if name else () for name in names]


def _line(row: Sequence[Spans], first: int, widths: Sequence[int], cut: CutText) -> Spans:
    head = to_width(_cut(row[0], first, cut), first)
    cells = zip(row[1:], widths, strict=False)
    return (*head, *(span for cell, width in cells for span in flush_right(cell, width + GAP)))


def _cut(spans: Spans, width: int, cut: CutText) -> Spans:
    if len(spans) == 1:
        return (TextSpan(cut(spans[0].text, width), spans[0].tone),)
    return spans
