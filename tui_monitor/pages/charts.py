"""Charts as inline SVG: no script, no link, as wide as the page, with text of the same size at every width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

HEIGHT = 160
_TOP, _BOTTOM = 18, 20
"""Pixels above the highest bar and below the lowest, for text."""
_GAP = 0.25
"""Share of a bar's place that is left free."""


class Bar(NamedTuple):
    """A bar with its name and what its value is in words."""

    name: str
    value: float
    words: str


def bar_chart(bars: Sequence[Bar], title: str) -> str:
    """Return upright bars in the order of the given ones; each says what it is when one points at it."""
    highest = max((bar.value for bar in bars), default=0)
    best = max(bars, key=lambda bar: bar.value, default=None)
    words = f"{title}: at most {best.words} ({best.name})" if best and highest else title
    return "".join(
        (
            f'<svg class="chart" width="100%" height="{HEIGHT}" role="img" aria-label="{escape(words)}">',
            *_upright(bars, highest),
            *_axis(bars, best.words if best and highest else ""),
            "</svg>\n",
        )
    )


def _upright(bars: Sequence[Bar], highest: float) -> Iterator[str]:
    place = 100 / max(1, len(bars))
    for number, bar in enumerate(bars):
        height = max(1 if bar.value else 0, round((HEIGHT - _TOP - _BOTTOM) * bar.value / highest)) if highest else 0
        x, width = (number + _GAP / 2) * place, place * (1 - _GAP)
        yield f'<rect class="bar" x="{x:.3f}%" y="{HEIGHT - _BOTTOM - height}" width="{width:.3f}%" height="{height}">'
        yield f"<title>{escape(bar.name)}: {escape(bar.words)}</title></rect>"


def _axis(bars: Sequence[Bar], highest: str) -> Iterator[str]:
    base = HEIGHT - _BOTTOM
    yield f'<line class="axis" x1="0" x2="100%" y1="{base}.5" y2="{base}.5"/>'
    if highest:
        yield f'<line class="grid" x1="0" x2="100%" y1="{_TOP}.5" y2="{_TOP}.5"/>'
        yield f'<text x="0" y="{_TOP - 5}">{escape(highest)}</text>'
    if bars:
        yield f'<text x="0" y="{HEIGHT - 5}">{escape(bars[0].name)}</text>'
    if len(bars) > 1:
        yield f'<text x="100%" y="{HEIGHT - 5}" text-anchor="end">{escape(bars[-1].name)}</text>'


def share_bar(percentage: float, tone: str = "") -> str:
    """Return a level bar of a share; more than all of it is full."""
    width = max(0.0, min(100.0, percentage))
    return (
        f'<svg class="share" width="100%" height="8" role="img" aria-label="{percentage:.0f} %">'
        f'<rect class="track" width="100%" height="8" rx="2"/>'
        f'<rect class="bar{f" {tone}" if tone else ""}" width="{width:.2f}%" height="8" rx="2"/></svg>'
    )
