"""Whether the screen says that it is behind, and by how much."""

from __future__ import annotations

SHOWN_FROM_MS = 1000
"""Lag from which it is shown."""
CAUGHT_UP_MS = 500
"""Lag below which it is not shown any more, once it has stayed there for `HOLD_MS`."""
HOLD_MS = 1000


class LagIndicator:
    """The lag to show, 0 for none: it appears at once, and goes when it has been small for a while."""

    def __init__(self) -> None:
        self._is_shown = False
        self._caught_up_at: int | None = None

    def update(self, lag: int, now: int) -> int:
        """Return the milliseconds to show for a measured ``lag`` (ms) at ``now`` (epoch ms): none, or at least 1 s."""
        if lag >= CAUGHT_UP_MS:
            self._caught_up_at = None
            self._is_shown = self._is_shown or lag >= SHOWN_FROM_MS
        elif self._is_shown and self._caught_up_at is None:
            self._caught_up_at = now
        elif self._caught_up_at is not None and not 0 <= now - self._caught_up_at < HOLD_MS:  # the clock may go back
            self._is_shown, self._caught_up_at = False, None
        return max(lag, SHOWN_FROM_MS) if self._is_shown else 0
