"""Contrast of colours, by the formula of WCAG 2."""

from __future__ import annotations

from collections.abc import Iterable

from textual.color import Color

ENOUGH = 4.5
"""Contrast from which text is easy to read (WCAG level AA)."""
STEPS = 50


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two opaque colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(color: Color, backgrounds: Iterable[Color], enough: float = ENOUGH) -> Color:
    """Return the nearest tint of ``color`` that is readable on all ``backgrounds``; white or black if none is."""
    behind = list(backgrounds)
    ends = Color.parse("white"), Color.parse("black")
    end = max(ends, key=lambda each: min(contrast(each, background) for background in behind))
    tints = (color.blend(end, step / STEPS) for step in range(STEPS))
    return next((tint for tint in tints if all(contrast(tint, background) >= enough for background in behind)), end)


def _luminance(color: Color) -> float:
    red, green, blue = (_linear(part / 255) for part in color.rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
