"""A few lines of spans, of which only those are drawn again that say something else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui_monitor.tui.spans import Spans
from tui_monitor.tui.tones import COMPONENTS, css
from tui_monitor.tui.widgets.painter import Painter


class SpanText(Widget):
    """Shows lines that were composed for its width. Padding and borders belong to what it stands in."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS)
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

    def render_lines(self, crop: Region) -> list[Strip]:
        """The strips of a part of it."""
        self._painter.resize(self.size.width)
        strips = [self._painter.strip(line, partial(tuple, line)) for line in self._cropped(crop)]
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def _cropped(self, crop: Region) -> list[Spans]:
        return [self._lines[y] if y < len(self._lines) else () for y in crop.line_range]

    def notify_style_update(self) -> None:
        """The theme has changed."""
        super().notify_style_update()
        self._painter.forget()
