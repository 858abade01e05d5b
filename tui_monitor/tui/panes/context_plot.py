"""The fill of a context over its requests, as columns of blocks with the compactions between them."""

from __future__ import annotations

from collections.abc import Sequence

from tui_monitor.live.context import Context
from tui_monitor.tui.spans import Spans, TextSpan, Tone, flush_right
from tui_monitor.units import compact

HEIGHT = 4
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_SCALE = 6
"""Cells for the numbers at the side."""
_LEAST = 2
"""Requests of which a plot says something."""
_FAR = 4
"""How many times the fullest a threshold may be to be in the plot."""


def context_plot(context: Context, threshold: int | None, width: int, tone: Tone) -> list[Spans]:
    """Return the lines of a plot in ``width`` cells; none without requests enough. A line marks the ``threshold``."""
    columns = _columns(context, max(1, width - _SCALE - 1))
    fills = [fill for fill in columns if fill is not None]
    if len(fills) < _LEAST or width < 4 * _SCALE:
        return []
    if threshold is not None and threshold > _FAR * max(fills):
        threshold = None
    top = max(*fills, threshold or 0)
    mark = None if threshold is None else min(HEIGHT - 1, threshold * HEIGHT // max(1, top))
    return [_line(columns, row, top, mark, threshold, tone) for row in range(HEIGHT - 1, -1, -1)]


def _columns(context: Context, width: int) -> list[int | None]:
    """Return the fills from left to right, None for a compaction; of many requests the fullest of each column."""
    fills: list[int | None] = []
    compactions = [compaction.at for compaction in context.compactions]
    last_at = 0
    for run in context.runs:
        if any(last_at < at <= run.first_at for at in compactions) and fills and fills[-1] is not None:
            fills.append(None)
        if run.tokens is not None:
            fills.append(run.tokens)
            last_at = run.first_at
    return _squeezed(fills, width)


def _squeezed(fills: Sequence[int | None], width: int) -> list[int | None]:
    if len(fills) <= width:
        return list(fills)
    columns: list[int | None] = []
    for column in range(width):
        part = fills[column * len(fills) // width : (column + 1) * len(fills) // width]
        columns.append(None if None in part else max(fill for fill in part if fill is not None))
    return columns


def _line(
    columns: Sequence[int | None], row: int, top: int, mark: int | None, threshold: int | None, tone: Tone
) -> Spans:
    label = compact(threshold) if threshold is not None and row == mark else compact(top) if row == HEIGHT - 1 else ""
    if row == 0 and mark != 0:
        label = "0"
    spans = [*flush_right((TextSpan(label, Tone.DIM),), _SCALE), TextSpan(" ")]
    for fill in columns:
        if fill is None:
            spans.append(TextSpan("┃", Tone.COMPACTED))
            continue
        eighths = min(8, max(0, round(fill * HEIGHT * 8 / max(1, top)) - 8 * row))
        spans.append(TextSpan("─", Tone.DIM) if not eighths and row == mark else TextSpan(_EIGHTHS[eighths], tone))
    return tuple(spans)
