"""Which parts of the monitor screen are visible."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

MIDDLE, WIDE = 110, 140
"""Columns from which an overlay opens below the log instead of over it, and from which everything has its own place."""


class Overlay(Enum):
    """Parts that can be opened over, below or beside the log."""

    DETAIL = auto()
    PANE = auto()
    FILE = auto()


@dataclass(frozen=True, slots=True)
class ScreenLayout:
    """Visible parts of a screen of ``width`` columns: ``overlay`` is the open one, ``full`` gives it the full width,
    ``spare``: the log is so short that there is room for the detail below it."""

    width: int = 0
    overlay: Overlay | None = None
    full: bool = False
    spare: bool = False

    def with_overlay(self, overlay: Overlay | None) -> ScreenLayout:
        """Return the same layout with another overlay, or with none."""
        return replace(self, overlay=overlay, full=False)

    @property
    def log(self) -> bool:
        """True if the log is visible."""
        return not self.full and (self.overlay is None or self.width >= MIDDLE)

    @property
    def detail(self) -> bool:
        """True if the detail is visible."""
        is_own = self.width >= WIDE and not self.full and not self.file
        return self.overlay is Overlay.DETAIL or is_own or (self.spare and self.overlay is None)

    @property
    def file(self) -> bool:
        """True if a file is shown in place of the detail."""
        return self.overlay is Overlay.FILE

    @property
    def pane(self) -> bool:
        """True if the side pane is visible."""
        return self.overlay is Overlay.PANE or (self.width >= WIDE and not self.full)
