"""How full a context window is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class WarningLevel(StrEnum):
    """LOW from 50 per cent of the window, MEDIUM from 75, HIGH from 90, CRITICAL from 100."""

    OK = "OK"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class WarningColor(StrEnum):
    """The colour of a level, as terminals name it."""

    GREEN = "Green"
    LIGHT_YELLOW = "LightYellow"
    YELLOW = "Yellow"
    LIGHT_RED = "LightRed"
    RED = "Red"


_LEVELS = (
    (100, WarningLevel.CRITICAL),
    (90, WarningLevel.HIGH),
    (75, WarningLevel.MEDIUM),
    (50, WarningLevel.LOW),
)
_COLORS = dict(zip(WarningLevel, WarningColor, strict=True))


@dataclass(frozen=True, slots=True)
class ContextLimit:
    """Tokens in the window now, and tokens that fit in.

    ``current`` is the context of the latest request, never the sum of all that were made.
    """

    current: int
    limit: int

    @property
    def percentage(self) -> float:
        """How much of the window is used, in per cent; 0 where no limit is known."""
        return 100 * self.current / self.limit if self.limit > 0 else 0.0

    def warning_level(self) -> WarningLevel:
        """How grave that is."""
        return next((level for percent, level in _LEVELS if self.percentage >= percent), WarningLevel.OK)

    def warning_color(self) -> WarningColor:
        """The colour of its level."""
        return _COLORS[self.warning_level()]
