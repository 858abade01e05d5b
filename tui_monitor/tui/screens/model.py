"""Model of the monitor screen: the feed, the live state that it fills, and the session that is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import CallBodies
from tui_monitor.live.apply import EVERYTHING, NOTHING, Part
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import LiveState
from tui_monitor.live.status import StatusWord, status
from tui_monitor.tui.app_context import STOP_S, SourceOpener
from tui_monitor.tui.pump import DeliveryPump, FeedStatus, FrameUpdate

MOST_REMEMBERED = 20
"""Of so many sessions it is asked what the store remembers; of others only what is new is known."""

NEWS_MS = 10 * 60 * 1000
"""So long it is news that a session was heard of."""


class SessionSelector:
    """Shows the first session that is told of, the last one where a file tells of several, and goes on to one that
    begins after it has ended; a person may choose another, and then it stays."""

    def __init__(self, live: LiveState) -> None:
        self._live = live
        self._asked: set[SessionKey] = set()
        self._asked_anew: SessionKey | None = None
        self._chosen = False
        self.session: SessionKey | None = None

    @property
    def state(self) -> SessionState | None:
        """The session that is shown."""
        return self._live.sessions.get(self.session) if self.session else None

    def choose(self, session: SessionKey) -> None:
        """A person wants to see this one."""
        self.session, self._chosen = session, True

    def consider(self, frame: FrameUpdate, now: int, catching_up: bool = False) -> bool:
        """Take notice of what a frame brought; whether another session is shown now. While the monitor is
        ``catching_up`` with what there was before, nobody has looked at anything yet."""
        before = self.session
        for session in (*frame.known, *frame.changes.parts):
            if self.session is None or (session != self.session and self._goes_on_to(session, now, catching_up)):
                self.session = session
        return self.session != before

    def to_remember(self, frame: FrameUpdate) -> list[SessionKey]:
        """The sessions of which to ask what the store remembers, the one that is shown first: each once, and that one
        again when its rows were let go."""
        room = MOST_REMEMBERED - len(self._asked)
        fresh = [session for session in dict.fromkeys(frame.known) if session not in self._asked]
        wanted = sorted(fresh, key=lambda session: session != self.session)[: max(room, self.session in fresh)]
        self._asked.update(wanted)
        if self.session and self._lost_rows() and self.session not in wanted:
            wanted.insert(0, self.session)
        return wanted

    def _lost_rows(self) -> bool:
        """Whether the rows of the session that is shown were let go; said once."""
        if self.state is None or not self.state.evicted:
            self._asked_anew = None
            return False
        said, self._asked_anew = self._asked_anew == self.session, self.session
        return not said

    def newer(self, now: int) -> SessionState | None:
        """The session that was heard of last, if that is a moment ago and after the one that is shown."""
        shown, newest = self.state, self._live.newest()
        if shown is None or newest is None:
            return None
        return newest if newest.last_at > max(shown.last_at, now - NEWS_MS) else None

    def _goes_on_to(self, session: SessionKey, now: int, catching_up: bool) -> bool:
        shown, other = self.state, self._live.sessions.get(session)
        if self._chosen or shown is None or other is None:
            return False
        if catching_up and shown.path and other.path == shown.path:
            return other.last_at > shown.last_at
        if other.started <= shown.last_at:
            return False
        return status(shown, now).word is StatusWord.ENDED and other.cwd == shown.cwd


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
