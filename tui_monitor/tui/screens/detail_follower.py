"""Keeps the detail at the entry of the log that is selected."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget

from tui_monitor.live.entries import Call, Entry
from tui_monitor.live.session import SessionState
from tui_monitor.tui.app_context import AppContext
from tui_monitor.tui.detail.agent_sum import agent_sum
from tui_monitor.tui.detail.locations import change_ordinal
from tui_monitor.tui.detail.related import related
from tui_monitor.tui.detail.turn import turn_sum
from tui_monitor.tui.rate_limiter import RateLimiter
from tui_monitor.tui.rows.context import row_context
from tui_monitor.tui.screens.output_follower import OutputFollower
from tui_monitor.tui.widgets.detail_pane import DetailPane

DETAIL_S = 1.0
"""Seconds between two updates while the log follows the newest row."""


class DetailFollower:
    """Shows ``entry`` of ``session()`` in a pane, as it is now. Timers and workers belong to ``widget``."""

    def __init__(
        self,
        widget: Widget,
        app_context: AppContext,
        session: Callable[[], SessionState | None],
        pane: Callable[[], DetailPane | None],
    ) -> None:
        self._app_context, self._session, self._pane = app_context, session, pane
        self._limiter = RateLimiter(widget, DETAIL_S, self._show)
        self._output = OutputFollower(widget, app_context.read_output)
        self.entry: Entry | None = None

    @property
    def grows(self) -> bool:
        """True while the entry is a call that has not ended."""
        return isinstance(self.entry, Call) and not self.entry.state.ended

    def update(self, *, at_once: bool) -> None:
        """Show the entry again, ``at_once`` or at most once per second."""
        if at_once:
            self._limiter.run()
        else:
            self._limiter.request()

    def _show(self) -> None:
        """Show the entry, if the detail is visible."""
        entry, state, pane = self.entry, self._session(), self._pane()
        if state is None or pane is None:
            return
        if isinstance(entry, Call):
            self._output.follow(entry)
        context = row_context(state, self._app_context.clock(), self._app_context.tz)
        sums = turn_sum(entry, state, context) or agent_sum(entry, context)
        pane.show(entry, context, change_ordinal(entry, state), sums, related(entry, state, context))
