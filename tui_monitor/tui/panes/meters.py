"""Small pieces of the panes: bars, trends, times and shares as cells of a row."""

from __future__ import annotations

from collections.abc import Sequence

from tui_monitor.tui.header.plan_line import usage_bar
from tui_monitor.tui.spans import Spans, TextSpan, Tone
from tui_monitor.units import SECOND, duration_forms

UNKNOWN = "—"
"""Stands for a figure that no source states."""

BAR = 10
_STEPS = "▁▂▃▄▅▆▇█"


def bar(percentage: float, width: int = BAR) -> Spans:
    """Return ``████░░░░░░ 42 %`` of what may be used up."""
    return (*usage_bar(percentage, width), TextSpan(f" {percentage:3.0f} %"))


def trend(values: Sequence[float], width: int) -> str:
    """Return the last values as a line of blocks, from the least to the greatest of them."""
    shown = values[-width:]
    least, span = min(shown, default=0.0), max(shown, default=0.0) - min(shown, default=0.0)
    if not span:
        return _STEPS[0] * len(shown)
    return "".join(_STEPS[min(len(_STEPS) - 1, int((value - least) / span * len(_STEPS)))] for value in shown)


def latency_text(ms: float | None) -> str:
    """Return ``85ms``, ``1.4s``, ``2m05s``; a dash where it is unknown."""
    if ms is None:
        return UNKNOWN
    if ms < SECOND:
        return f"{ms:.2g}ms" if ms < 10 else f"{ms:.0f}ms"
    return f"{ms / SECOND:.1f}s" if ms < 60 * SECOND else duration_forms(round(ms))[0]


def percent(part: float, whole: float) -> str:
    """Return ``42 %``; ``<1 %`` for less than one; a dash without a whole."""
    if not whole:
        return UNKNOWN
    share = 100 * part / whole
    return "<1 %" if 0 < share < 0.5 else f"{share:.0f} %"


def number(value: float) -> str:
    """Return a value of a metric in at most six digits, with separators."""
    if value == int(value) and abs(value) < 10**9:
        return f"{int(value):,}"
    return f"{value:,.2f}" if 1 <= abs(value) < 10**6 else f"{value:.4g}"


def cells(*texts: str, tone: Tone = Tone.DIM) -> tuple[Spans, ...]:
    """Return cells of one tone."""
    return tuple((TextSpan(text, tone),) for text in texts)
