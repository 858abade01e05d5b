"""Turns composed rows into strips of the Line API, in colour, and in ASCII where a terminal has nothing else."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from tui_monitor.tui.rows.cells import Spans, Tone, width_of

PREFIX = "log-lines--"
CURSOR = f"{PREFIX}cursor"
COMPONENTS = frozenset({CURSOR, *(f"{PREFIX}{tone}" for tone in Tone)})

_ASCII = str.maketrans("✓✗⊘▶▷◆·▸▾═›∼–─↳×−“”→↻≥…", '+xn>>=.>v=>~--\\*-"">@>~')
"""Each character that the rows are drawn with, and the one cell of ASCII that stands for it."""


class LogPainter:
    """Paints in the styles that ``style_of`` finds for component classes. Strips are kept until `forget`."""

    def __init__(self, style_of: Callable[..., Style], ascii_only: bool = False) -> None:
        self._style_of = style_of
        self._ascii_only = ascii_only
        self._width = 0
        self._strips: LRUCache[Hashable, Strip] = LRUCache(512)

    def resize(self, width: int) -> None:
        """Strips are to be ``width`` cells wide; what is composed may be narrower."""
        if width != self._width:
            self._width = width
            self.forget()

    def forget(self) -> None:
        """The styles have changed."""
        self._strips.clear()

    def strip(self, key: Hashable, spans: Callable[[], Spans], selected: bool) -> Strip:
        """The strip of ``spans``, which are composed only if ``key`` was not painted before."""
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self.paint(spans(), selected)
        return strip

    def paint(self, spans: Spans, selected: bool = False) -> Strip:
        """The strip of ``spans``."""
        behind = self._cursor_style() if selected else Style()
        segments = [Segment(self._drawable(text), self._style_of(f"{PREFIX}{tone}") + behind) for text, tone in spans]
        return Strip(segments, width_of(spans)).extend_cell_length(
            self._width, self._style_of(f"{PREFIX}{Tone.TEXT}") + behind
        )

    def _cursor_style(self) -> Style:
        """Background and emphasis alone; only the whole style has the background as it is blended."""
        return self._style_of(CURSOR, partial=True) + self._style_of(CURSOR).background_style

    def _drawable(self, text: str) -> str:
        return text.translate(_ASCII) if self._ascii_only else text
