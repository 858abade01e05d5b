"""What the monitor screen shows: a source, the state that grows of what it brings, and the session in focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import CallBodies
from tui_monitor.live.apply import EVERYTHING, NOTHING, Part
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import LiveState
from tui_monitor.tui.app_context import STOP_S, SourceOpener
from tui_monitor.tui.pump import DeliveryPump, FeedStatus
from tui_monitor.tui.screens.session_selector import SessionSelector


@dataclass(frozen=True, slots=True)
class ModelUpdate:
    """What has changed: ``part`` of the session in focus (all of it if that is another now), and whether the
    circumstances have. ``texts`` are those that were asked for. If there is ``more``, it can be had at once."""

    part: Part = NOTHING
    feed_status: bool = False
    texts: Sequence[CallBodies] = ()
    more: bool = False


class MonitorModel:
    """Owns the source and all that is known by it; draws nothing. ``wake`` is called, in any thread, when there is
    news, ``clock`` tells epoch milliseconds."""

    def __init__(self, open_source: SourceOpener, wake: Callable[[], None], clock: Callable[[], int]) -> None:
        self._source = open_source(wake)
        self._clock = clock
        self.live = LiveState()
        self._pump = DeliveryPump(self._source.drain, self.live)
        self._selector = SessionSelector(self.live)

    def start(self) -> None:
        """Begin to read."""
        self._source.start()

    def stop(self, timeout: float = STOP_S) -> None:
        """Stop, waiting at most ``timeout`` seconds for what was read to be stored."""
        self._source.stop(timeout)

    def now(self) -> int:
        """The time, in epoch milliseconds."""
        return self._clock()

    @property
    def session(self) -> SessionKey | None:
        """The session in focus; None until there is one."""
        return self._selector.session

    @property
    def state(self) -> SessionState | None:
        """What is known of the session in focus."""
        return self._selector.state

    @property
    def feed_status(self) -> FeedStatus:
        """What is known besides the sessions."""
        return self._pump.feed_status

    @property
    def newer(self) -> SessionState | None:
        """A session that was heard of a moment ago, after the one in focus."""
        return self._selector.newer(self.now())

    def choose(self, session: SessionKey) -> None:
        """A person wants to see this one."""
        self._selector.choose(session)

    def request_bodies(self, session: SessionKey, call: str) -> None:
        """Have the texts of a call brought."""
        self._source.request_bodies(session, call)

    def news(self) -> ModelUpdate:
        """Take in some of what the source has brought, not more than there is time for between two frames."""
        catching_up = self.feed_status.catching_up
        frame = self._pump.frame()
        other = self._selector.consider(frame, self.now(), catching_up)
        for session in self._selector.to_remember(frame):
            self._source.request_history(session)
        part = EVERYTHING if other else frame.changes.of(self.session)
        return ModelUpdate(part, frame.feed_status, frame.texts, frame.more)
