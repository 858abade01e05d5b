"""A line with something at its left and something at its right end, as much of both as fits."""

from __future__ import annotations

from collections.abc import Sequence

from tui_monitor.tui.spans import Span, Spans, to_width, width_of

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
