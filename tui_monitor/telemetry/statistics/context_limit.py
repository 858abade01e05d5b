"""Fill level of a context window, with warning levels and colours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class WarningLevel(StrEnum):
    """Warning level of a context window: LOW from 50 % of its size, MEDIUM from 75, HIGH from 90, CRITICAL from 100."""

    OK = "OK"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class WarningColor(StrEnum):
    """Colour of a warning level, by its terminal name."""

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
    """Tokens in a context window, and its size.

    Attributes:
        current: Tokens in the context of the latest request, not the sum of all requests.
        limit: Tokens that fit in the window; 0 if unknown.
    """

    current: int
    limit: int

    @property
    def percentage(self) -> float:
        """Percentage of the window in use; 0 if the limit is unknown."""
        return 100 * self.current / self.limit if self.limit > 0 else 0.0

    def warning_level(self) -> WarningLevel:
        """Return the warning level of the current percentage."""
        return next((level for percent, level in _LEVELS if self.percentage >= percent), WarningLevel.OK)

    def warning_color(self) -> WarningColor:
        """Return the colour of the warning level."""
        return _COLORS[self.warning_level()]
