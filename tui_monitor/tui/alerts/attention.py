"""Whether somebody looks at the monitor: by the focus of the terminal, where that reports it, else by input."""

from __future__ import annotations

AWAY_MS = 60 * 1000
"""Time without input after which nobody looks at a terminal that does not report its focus."""
REST_MS = 1500
"""Time without input after which the next key is not expected at once."""


class Attention:
    """Follows focus and input; times are epoch ms. Whoever starts the monitor looks at it."""

    def __init__(self, now: int) -> None:
        self._has_focus: bool | None = None
        self._input_at = now

    def set_focus(self, has_focus: bool) -> None:
        """Take note of the focus that the terminal reports."""
        self._has_focus = has_focus

    def note_input(self, now: int) -> None:
        """Take note of a key or a click."""
        self._input_at = now
        if self._has_focus is False:
            self._has_focus = True

    def is_present(self, now: int) -> bool:
        """Return True if somebody looks at the monitor at ``now``."""
        return now - self._input_at < AWAY_MS if self._has_focus is None else self._has_focus

    def is_at_rest(self, now: int) -> bool:
        """Return True if no key was pressed just before ``now``, by a clock that may go back."""
        return not 0 <= now - self._input_at <= REST_MS
