"""When the displayed session is drawn."""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen

from tui_monitor.live.apply import NOTHING, Part
from tui_monitor.live.session import SessionState
from tui_monitor.tui.rate_limiter import RateLimiter
from tui_monitor.tui.screens.compositor import is_covered

AGED_S = 0.8
"""Seconds after which what is on the screen is drawn again, because the ages on it have changed."""
FIGURES_S = 0.1
"""Seconds from a change to the figures around the log: by then the store has counted it, and all that comes at once is
drawn once."""


class DrawingSchedule:
    """Draws the log of ``session()`` at once and the figures around it a little later, with one of the ``frames``;
    nothing while ``screen`` is covered, and all that has changed meanwhile afterwards."""

    def __init__(
        self,
        screen: Screen[None],
        frames: RateLimiter,
        session: Callable[[], SessionState | None],
        draw_log: Callable[[SessionState, Part], None],
        draw_figures: Callable[[SessionState], None],
    ) -> None:
        self._screen, self._frames, self._session = screen, frames, session
        self._draw_log_of, self._draw_figures_of = draw_log, draw_figures
        self._figures = RateLimiter(screen, FIGURES_S, self.draw_figures)
        self._undrawn = NOTHING
        self._has_drawn = False

    def draw(self, part: Part, *, at_once: bool = False) -> None:
        """Draw a part that has changed, its figures ``at_once`` if need be, as those of the first picture are."""
        state = self._visible_state
        if state is None:
            self._undrawn |= part
            return
        at_once = at_once or not self._has_drawn
        self._undrawn, self._has_drawn = NOTHING, True
        self._draw_log_of(state, part)
        if at_once:
            self._figures.run()
        else:
            self._figures.schedule(self._frames.interval)  # with this frame rather than before the next: painted once

    def draw_undrawn(self) -> None:
        """Draw what has changed while another screen was shown."""
        if self._undrawn:
            self.draw(self._undrawn, at_once=True)

    def let_ages_grow(self) -> None:
        """Draw what is on the screen again if that has not been done for a while."""
        if self._figures.since_last_run() > AGED_S:
            self.draw(Part.STATUS, at_once=True)

    def draw_figures(self) -> None:
        """Draw the figures around the log now."""
        if (state := self._visible_state) is not None:
            self._draw_figures_of(state)

    @property
    def _visible_state(self) -> SessionState | None:
        """The displayed session; None if there is none, or another screen is shown in its place."""
        return None if is_covered(self._screen) else self._session()
