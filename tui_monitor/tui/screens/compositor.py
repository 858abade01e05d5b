"""Painting what has changed, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import dropwhile, islice

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip


def is_covered(screen: Screen[None]) -> bool:
    """Return True if another screen is shown in the place of this one. Textual counts it as visible all the same, and
    would draw all of the other one with each change of it."""
    above = dropwhile(lambda other: other is not screen, screen.app.screen_stack)
    return any(not other.is_modal for other in islice(above, 1, None))


class PartialCompositor(Compositor):
    """A compositor that renders, of what is on the screen, only lines with a dirty region.

    Textual's own renders every widget in full, covered ones too, for whatever part of the screen has changed: several
    times the work of the change itself. Without the private names that are used here it would do so again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._dirty: tuple[Region, ...] = ()

    def render_partial_update(self) -> ChopsUpdate | None:
        """Render the dirty regions."""
        self._dirty = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._dirty = ()

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        return self._dirty_renders() if self._dirty else super()._get_renders(crop)

    def _dirty_renders(self) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Yield rows of widgets, front to back, until all dirty regions are covered."""
        uncovered = list(self._dirty)
        for widget, (region, clip) in self.visible_widgets.items():
            visible = region.intersection(clip)
            overlaps = [visible.intersection(dirty) for dirty in uncovered if visible.overlaps(dirty)]
            if not overlaps:
                continue
            rows = Region.from_union(overlaps)
            part = Region(visible.x, rows.y, visible.width, rows.height)
            yield part, part, widget.render_lines(part.translate((-region.x, -region.y)))
            uncovered = [dirty for dirty in uncovered if not visible.contains_region(dirty)]
            if not uncovered:
                return
