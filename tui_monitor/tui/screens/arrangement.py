"""Which parts of the monitor screen there is room for beside what a person has opened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

MIDDLE, WIDE = 110, 140
"""Columns from which something opens below the log instead of over it, and from which all has a place beside it."""


class Overlay(Enum):
    """What a person can open over, below or beside the log."""

    DETAIL = auto()
    PANE = auto()


@dataclass(frozen=True, slots=True)
class ScreenLayout:
    """What is open in so many columns, and whether it has all of them."""

    width: int = 0
    open: Overlay | None = None
    full: bool = False

    def opened(self, overlay: Overlay | None) -> ScreenLayout:
        """The same with something else open, or nothing."""
        return replace(self, open=overlay, full=False)

    @property
    def log(self) -> bool:
        """Whether the log is shown."""
        return not self.full and (self.open is None or self.width >= MIDDLE)

    @property
    def detail(self) -> bool:
        """Whether the detail is shown."""
        return self.open is Overlay.DETAIL or (self.width >= WIDE and not self.full)

    @property
    def pane(self) -> bool:
        """Whether the pane is shown."""
        return self.open is Overlay.PANE or (self.width >= WIDE and not self.full)
