"""Follows sessions without a screen, by the feed of the monitor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tui_monitor.events import Event, SessionKey
from tui_monitor.feed.deliveries import Delivery, EventsRead
from tui_monitor.feed.feed import Feed
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import LiveState
from tui_monitor.live.status import CURRENT, Lag
from tui_monitor.live.urgency import ACTIVE_MS, by_urgency, is_live
from tui_monitor.tui.lag_indicator import LagIndicator
from tui_monitor.tui.pump import DeliveryPump, FeedStatus
from tui_monitor.tui.screens.session_selector import SessionSelector

BUDGET_S = 0.1
"""Seconds of one update after which a signal is looked for."""


@dataclass(frozen=True, slots=True)
class FollowerUpdate:
    """The events that were applied, whether they were there at the start, and whether more can be had at once."""

    events: Sequence[Event] = ()
    is_backlog: bool = False
    more: bool = False


class SessionFollower:
    """Owns a feed and the state filled from it.

    ``clock`` returns epoch milliseconds; ``folders`` are the current one and those above it with their distances, whose
    session comes first (None: all sessions count as live, whatever is found first comes first).
    """

    def __init__(
        self,
        open_source: Callable[[Callable[[], None]], Feed],
        notify: Callable[[], None],
        clock: Callable[[], int],
        folders: Mapping[str, int] | None = None,
    ) -> None:
        self.source = open_source(notify)
        self.live = LiveState()
        self._clock = clock
        self._pump = DeliveryPump(self._drain, self.live)
        self._events: list[Event] = []
        self._selector = SessionSelector(self.live, folders)
        self._has_all = folders is None
        self._changed_at: dict[SessionKey, int] = {}
        self._lag_indicators: dict[SessionKey, LagIndicator] = {}

    @property
    def feed_status(self) -> FeedStatus:
        """Progress, faults and search results of the feed."""
        return self._pump.feed_status

    @property
    def has_caught_up(self) -> bool:
        """True once the initial backlog has been read and summed up."""
        has_totals = all(state.totals_loaded for state in self.sessions() if state.started)
        return self.feed_status.search_ended and not self.feed_status.catching_up and has_totals

    def update(self) -> FollowerUpdate:
        """Apply what has been delivered, for about `BUDGET_S`."""
        frame = self._pump.frame(BUDGET_S)
        events, self._events = self._events, []
        self._selector.update(frame, self.feed_status, self._clock())
        self.live.pinned = self._selector.session
        for session in self._selector.histories_to_request(frame):
            self.source.request_history(session)
        self._changed_at |= dict.fromkeys(frame.changes.parts, self._clock())
        return FollowerUpdate(events, frame.catching_up, frame.more)

    def sessions(self) -> list[SessionState]:
        """Return the sessions to report: the one that the monitor would show, then the others, most urgent first."""
        now, shown = self._clock(), self._selector.state
        others = (state for state in self.live.sessions.values() if state is not shown and self._counts(state, now))
        return [*([shown] if shown else []), *(each.state for each in by_urgency(others, now))]

    def lag(self, session: SessionKey) -> Lag:
        """Return by how much a session is behind what has been written, if that is worth saying."""
        indicator = self._lag_indicators.setdefault(session, LagIndicator())
        lag_ms = indicator.update(round(1000 * self.source.lag(session)), self._clock())
        return Lag(lag_ms, self.feed_status.catching_up) if lag_ms else CURRENT

    def _drain(self) -> Iterator[Delivery]:
        """Yield the deliveries, and keep their events for the update that applies them."""
        for delivery in self.source.drain():
            if isinstance(delivery, EventsRead):
                self._events += delivery.events
            yield delivery

    def _counts(self, state: SessionState, now: int) -> bool:
        return self._has_all or is_live(state, now) or now - self._changed_at.get(state.key, 0) <= ACTIVE_MS
