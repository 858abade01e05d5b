"""The screen below a card, in the colours that a translucent background gives it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen


class Backdrop(BackgroundScreen):
    """Tints the screen below as Textual does, but each style once: Textual blends the colours of each segment of the
    screen whenever anything below or above changes, which takes longer than all else that a key does there."""

    @classmethod
    def process_segments(cls, segments: Iterable[Segment], color: Color) -> Iterable[Segment]:
        """Yield the segments in tinted styles."""
        for segment in segments:
            text, style, control = segment
            yield segment if control else Segment(text, _tinted(style, color))


@lru_cache(maxsize=1024)
def _tinted(style: Style | None, color: Color) -> Style | None:
    (segment,) = BackgroundScreen.process_segments([Segment(" ", style)], color)
    return segment.style
