"""Model of the monitor screen: the feed, the live state that it fills, and the displayed session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import CallBodies
from tui_monitor.live.apply import EVERYTHING, NOTHING, Part
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import LiveState
from tui_monitor.live.status import CURRENT, Lag, StatusWord, status
from tui_monitor.tui.app_context import STOP_S, SourceOpener
from tui_monitor.tui.lag_indicator import LagIndicator
from tui_monitor.tui.pump import BUDGET_S, DeliveryPump, FeedStatus, FrameUpdate

MAX_HISTORIES = 20
"""Sessions whose history is requested from the store; of others only new events are shown."""

NEWS_MS = 10 * 60 * 1000
"""Age up to which the last event of another session is worth a notice."""


class SessionSelector:
    """Selects the displayed session; follows its successor in the same directory until the user picks one."""

    def __init__(self, live: LiveState) -> None:
        self._live = live
        self._requested: set[SessionKey] = set()
        self._reloaded: SessionKey | None = None
        self._picked = False
        self.session: SessionKey | None = None

    @property
    def state(self) -> SessionState | None:
        """The state of the displayed session."""
        return self._live.sessions.get(self.session) if self.session else None

    def choose(self, session: SessionKey) -> None:
        """Display this session from now on."""
        self.session, self._picked = session, True

    def update(self, frame: FrameUpdate, now: int, catching_up: bool = False) -> bool:
        """Consider the sessions of a frame; return True if another session is displayed now. While ``catching_up`` with
        the initial backlog, the last session of a file that holds several is selected."""
        before = self.session
        for session in (*frame.known_sessions, *frame.changes.parts):
            if self.session is None or (session != self.session and self._follows(session, now, catching_up)):
                self.session = session
        return self.session != before

    def histories_to_request(self, frame: FrameUpdate) -> list[SessionKey]:
        """Return the sessions whose history is to be requested, the displayed one first: each once, and the displayed
        one again when its rows were evicted."""
        room = MAX_HISTORIES - len(self._requested)
        fresh = [session for session in dict.fromkeys(frame.known_sessions) if session not in self._requested]
        requests = sorted(fresh, key=lambda session: session != self.session)[: max(room, self.session in fresh)]
        self._requested.update(requests)
        if self.session and self._needs_reload() and self.session not in requests:
            requests.insert(0, self.session)
        return requests

    def _needs_reload(self) -> bool:
        """True once after the rows of the displayed session were evicted."""
        if self.state is None or not self.state.evicted:
            self._reloaded = None
            return False
        before, self._reloaded = self._reloaded, self.session
        return before != self.session

    def newer_session(self, now: int) -> SessionState | None:
        """Return another session that was active recently, and after the displayed one."""
        current, newest = self.state, self._live.newest()
        if current is None or newest is None:
            return None
        return newest if newest.last_at > max(current.last_at, now - NEWS_MS) else None

    def _follows(self, session: SessionKey, now: int, catching_up: bool) -> bool:
        current, other = self.state, self._live.sessions.get(session)
        if self._picked or current is None or other is None:
            return False
        if catching_up and current.path and other.path == current.path:
            return other.last_at > current.last_at
        if other.started <= current.last_at:
            return False
        return status(current, now).word is StatusWord.ENDED and other.folder == current.folder


@dataclass(frozen=True, slots=True)
class ModelUpdate:
    """Changes since the last update: ``part`` of the displayed session (all of it if that is another one now), whether
    the feed's status changed, and the bodies that were requested. ``more`` can be had at once."""

    part: Part = NOTHING
    feed_status: bool = False
    bodies: Sequence[CallBodies] = ()
    more: bool = False


class MonitorModel:
    """Owns the source and the state filled from it; draws nothing. ``wake`` is called, in any thread, when there is
    something to drain; ``clock`` returns epoch milliseconds."""

    def __init__(self, open_source: SourceOpener, wake: Callable[[], None], clock: Callable[[], int]) -> None:
        self._source = open_source(wake)
        self._clock = clock
        self.live = LiveState()
        self._pump = DeliveryPump(self._source.drain, self.live)
        self._selector = SessionSelector(self.live)
        self._lag_indicators: dict[SessionKey, LagIndicator] = {}

    def start(self) -> None:
        """Start reading."""
        self._source.start()

    def stop(self, timeout: float = STOP_S) -> None:
        """Stop, waiting at most ``timeout`` seconds for the store."""
        self._source.stop(timeout)

    def now(self) -> int:
        """Return the time in epoch milliseconds."""
        return self._clock()

    @property
    def session(self) -> SessionKey | None:
        """The displayed session; None until there is one."""
        return self._selector.session

    @property
    def state(self) -> SessionState | None:
        """The state of the displayed session."""
        return self._selector.state

    @property
    def feed_status(self) -> FeedStatus:
        """Progress, faults and search results of the feed."""
        return self._pump.feed_status

    @property
    def newer_session(self) -> SessionState | None:
        """Another session that was active recently, and after the displayed one."""
        return self._selector.newer_session(self.now())

    def lag(self) -> Lag:
        """Return by how much the displayed session is behind, for the screen."""
        session = self.session
        if session is None:
            return CURRENT
        if session not in self._lag_indicators:
            self._lag_indicators = {session: LagIndicator()}
        lag_ms = self._lag_indicators[session].update(round(1000 * self._source.lag(session)), self.now())
        return Lag(lag_ms, self.feed_status.catching_up) if lag_ms else CURRENT

    def choose(self, session: SessionKey) -> None:
        """Display this session from now on."""
        self._selector.choose(session)

    def request_bodies(self, session: SessionKey, call: str) -> None:
        """Request the bodies of a call; they come with a later update."""
        self._source.request_bodies(session, call)

    def update(self, budget: float = BUDGET_S) -> ModelUpdate:
        """Apply deliveries of the source to the live state, for about ``budget`` seconds."""
        catching_up = self.feed_status.catching_up
        frame = self._pump.frame(budget)
        other = self._selector.update(frame, self.now(), catching_up)
        self.live.pinned = self.session
        for session in self._selector.histories_to_request(frame):
            self._source.request_history(session)
        part = EVERYTHING if other else frame.changes.of(self.session)
        return ModelUpdate(part, frame.feed_status, frame.bodies, frame.more)
