"""Small pieces of the panes: bars, trends, times and shares as cells of a row."""

from __future__ import annotations

from collections.abc import Sequence

from tui_monitor.tui.header.context_line import gauge
from tui_monitor.tui.spans import Spans, TextSpan, Tone
from tui_monitor.units import SECOND, duration_forms

UNKNOWN = "—"
"""Stands for a figure that no source states."""

BAR = 10
_STEPS = "▁▂▃▄▅▆▇█"
_ALARMING, _DOUBTFUL = 90, 75
"""Percentages of what may be used from which a bar is coloured."""


def bar(percentage: float, width: int = BAR) -> Spans:
    """Return ``████░░░░░░ 42 %`` of what may be used up."""
    return (*gauge(percentage, None, width, tone_of_use(percentage)), TextSpan(f" {percentage:3.0f} %"))


def tone_of_use(percentage: float) -> Tone:
    """Return the tone of what is used to this percentage."""
    if percentage >= _ALARMING:
        return Tone.FAILED
    return Tone.DOUBT if percentage >= _DOUBTFUL else Tone.OK


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
