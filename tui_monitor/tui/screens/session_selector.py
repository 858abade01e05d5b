"""Which of the sessions is shown."""

from __future__ import annotations

from tui_monitor.events import SessionKey
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import LiveState
from tui_monitor.live.status import StatusWord, status
from tui_monitor.tui.pump import FrameUpdate

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
