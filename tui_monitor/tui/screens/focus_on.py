"""Which of the sessions is shown."""

from __future__ import annotations

from tui_monitor.events import SessionKey
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import LiveState
from tui_monitor.live.status import Word, status
from tui_monitor.tui.header.naming import session_name
from tui_monitor.tui.pump import Frame


class FocusOn:
    """Shows the first session that is told of, and goes on to one that begins after it has ended; a person may choose
    another, and then it stays."""

    def __init__(self, live: LiveState) -> None:
        self._live = live
        self._remembered: set[SessionKey] = set()
        self._chosen = False
        self.session: SessionKey | None = None

    @property
    def state(self) -> SessionState | None:
        """The session that is shown."""
        return self._live.sessions.get(self.session) if self.session else None

    def choose(self, session: SessionKey) -> None:
        """A person wants to see this one."""
        self.session, self._chosen = session, True

    def consider(self, frame: Frame, now: int) -> bool:
        """Take notice of what a frame brought; whether another session is shown now."""
        before = self.session
        for session in (*frame.known, *frame.changes.parts):
            if self.session is None or (session != self.session and self._goes_on_to(session, now)):
                self.session = session
        return self.session != before

    def needs_memory(self, frame: Frame) -> bool:
        """Whether what the store remembers of the session is to be asked for, once."""
        state, session = self.state, self.session
        wanted = session in frame.known or (state is not None and state.shrunk)
        if session is None or not wanted or (session in self._remembered and not (state and state.shrunk)):
            return False
        self._remembered.add(session)
        return True

    def newer(self) -> str:
        """The name of a session that was heard of after the one that is shown; empty when there is none."""
        shown, newest = self.state, self._live.newest()
        if shown is None or newest is None or newest is shown or newest.last_at <= shown.last_at:
            return ""
        return session_name(newest)

    def _goes_on_to(self, session: SessionKey, now: int) -> bool:
        shown, other = self.state, self._live.sessions.get(session)
        if self._chosen or shown is None or other is None or other.started <= shown.last_at:
            return False
        return status(shown, now).word is Word.ENDED and other.cwd == shown.cwd
