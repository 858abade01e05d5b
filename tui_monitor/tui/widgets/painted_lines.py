"""Lines of a widget that are painted once, and again only where it is refreshed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Self

from textual.geometry import Region
from textual.strip import Strip

from tui_monitor.tui.widgets.component_styles import ComponentStyles
from tui_monitor.tui.widgets.row_strip import RowStrip, crop_rows


class PaintedLines(ComponentStyles):
    """A widget that paints line by line, as `render_line` says.

    Textual asks every widget on the screen for all of its lines, whatever has changed: a clock in one line would cost
    as much as the whole screen.
    """

    _painted: dict[int, Strip] | None = None
    _painted_for: Hashable = None

    def render_line(self, y: int) -> RowStrip:
        """Return the strip of line ``y`` of the widget."""
        raise NotImplementedError

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Have these regions painted again, or everything."""
        if repaint and not regions:
            self._painted = None
        elif repaint and self._painted:
            for y in (y for region in regions for y in region.line_range):
                self._painted.pop(y, None)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips of a region."""
        if self.styles.gutter or self.opacity < 1:
            return super().render_lines(crop)
        frame = (crop.column_span, self.size, self.scroll_offset)
        if self._painted is None or frame != self._painted_for:
            self._painted, self._painted_for = {}, frame
        painted = self._painted
        if missing := [y for y in crop.line_range if y not in painted]:
            painted.update(zip(missing, crop_rows(self, map(self.render_line, missing), crop), strict=True))
        return [painted[y] for y in crop.line_range]

    def notify_style_update(self) -> None:
        """Paint everything again in other styles."""
        super().notify_style_update()
        self._painted = None
