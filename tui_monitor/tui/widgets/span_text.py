"""Lines of spans painted in colour; only changed lines are painted again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial

from rich.segment import Segment
from rich.style import Style
from textual.cache import FIFOCache
from textual.geometry import Region
from textual.strip import Strip

from tui_monitor.tui.spans import Spans, Tone, width_of
from tui_monitor.tui.tones import TONE_PREFIX, css
from tui_monitor.tui.widgets.painted_lines import PaintedLines
from tui_monitor.tui.widgets.row_strip import RowStrip


class Painter:
    """Paints spans in the styles that ``style_of`` returns for the tones' component classes. Strips are cached until
    `forget`, not by an LRU cache: what one forgets stays in memory until the next full garbage collection."""

    def __init__(self, style_of: Callable[..., Style]) -> None:
        self._style_of = style_of
        self._width = 0
        self._strips: FIFOCache[Hashable, RowStrip] = FIFOCache(512)
        self._styles: dict[tuple[Tone, str], Style] = {}

    def resize(self, width: int) -> None:
        """Set the width of strips; composed spans may be narrower."""
        if width != self._width:
            self._width = width
            self.forget()

    def forget(self) -> None:
        """Clear the caches, because styles have changed."""
        self._strips.clear()
        self._styles.clear()

    def strip(self, key: Hashable, spans: Callable[[], Spans], cursor: str = "") -> RowStrip:
        """Return the strip of ``spans``, which is called only if ``key`` is not cached."""
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self.paint(spans(), cursor)
        return strip

    def paint(self, spans: Spans, cursor: str = "") -> RowStrip:
        """Return the strip of ``spans``, over the component class ``cursor`` if it is given."""
        segments = [Segment(text, self._style(tone, cursor)) for text, tone in spans]
        strip = Strip(segments, width_of(spans)).extend_cell_length(self._width, self._style(Tone.TEXT, cursor))
        return RowStrip(strip, strip.cell_length)

    def _style(self, tone: Tone, cursor: str) -> Style:
        style = self._styles.get((tone, cursor))
        if style is None:
            behind = self._behind(cursor) if cursor and tone is not Tone.HIT else Style()
            style = self._styles[tone, cursor] = self._style_of(TONE_PREFIX + tone) + behind
        return style

    def _behind(self, cursor: str) -> Style:
        """Return background and emphasis only; the blended background is part of the full style."""
        return self._style_of(cursor, partial=True) + self._style_of(cursor).background_style


class SpanText(PaintedLines):
    """Shows lines composed for its width. Padding and borders belong to its container."""

    ALLOW_SELECT = False
    DEFAULT_CSS = f"""
    SpanText {{ width: 1fr; height: 0; }}
    {css("SpanText")}
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id)
        self._lines: tuple[Spans, ...] = ()
        self._painter = Painter(self.get_component_rich_style)

    def show(self, lines: Sequence[Spans]) -> None:
        """Show these lines, one below the other."""
        before, self._lines = self._lines, tuple(lines)
        if len(before) != len(self._lines):
            # A style, not `refresh(layout=True)`: Textual keeps the old size where a layout happens to fall between
            # two such requests. A changed style always counts.
            self.styles.height = len(self._lines)
            return
        for y, (old, new) in enumerate(zip(before, self._lines, strict=True)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> RowStrip:
        """Return the strip of line ``y``."""
        self._painter.resize(self.size.width)
        line: Spans = self._lines[y] if y < len(self._lines) else ()
        return self._painter.strip(line, partial(tuple, line))

    def notify_style_update(self) -> None:
        """Forget painted lines when the theme has changed."""
        super().notify_style_update()
        self._painter.forget()
