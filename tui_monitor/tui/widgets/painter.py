"""Turns spans into strips of the Line API, in colour."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from tui_monitor.tui.spans import Spans, Tone, width_of
from tui_monitor.tui.tones import TONE_PREFIX


class Painter:
    """Paints in the styles that ``style_of`` finds for the tones' component classes. Strips are kept until `forget`."""

    def __init__(self, style_of: Callable[..., Style]) -> None:
        self._style_of = style_of
        self._width = 0
        self._strips: LRUCache[Hashable, Strip] = LRUCache(512)
        self._styles: dict[tuple[Tone, str], Style] = {}

    def resize(self, width: int) -> None:
        """Strips are to be ``width`` cells wide; what is composed may be narrower."""
        if width != self._width:
            self._width = width
            self.forget()

    def forget(self) -> None:
        """The styles have changed."""
        self._strips.clear()
        self._styles.clear()

    def strip(self, key: Hashable, spans: Callable[[], Spans], cursor: str = "") -> Strip:
        """The strip of ``spans``, which are composed only if ``key`` was not painted before."""
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self.paint(spans(), cursor)
        return strip

    def paint(self, spans: Spans, cursor: str = "") -> Strip:
        """The strip of ``spans``, with the component class ``cursor`` behind them if it is given."""
        segments = [Segment(text, self._style(tone, cursor)) for text, tone in spans]
        return Strip(segments, width_of(spans)).extend_cell_length(self._width, self._style(Tone.TEXT, cursor))

    def _style(self, tone: Tone, cursor: str) -> Style:
        style = self._styles.get((tone, cursor))
        if style is None:
            behind = self._behind(cursor) if cursor else Style()
            style = self._styles[tone, cursor] = self._style_of(TONE_PREFIX + tone) + behind
        return style

    def _behind(self, cursor: str) -> Style:
        """Background and emphasis alone; only the whole style has the background as it is blended."""
        return self._style_of(cursor, partial=True) + self._style_of(cursor).background_style
