"""The displayed session: the one of the working directory, its successors, or the one that the user chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from tui_monitor.events import SessionKey
from tui_monitor.live.session import SessionState
from tui_monitor.live.state import LiveState
from tui_monitor.live.succession import continues, continues_by_process
from tui_monitor.tui.pump import FeedStatus, FrameUpdate

MAX_HISTORIES = 40
"""Sessions whose history is requested from the store; of others only new events are shown."""


class SessionSelector:
    """Selects the displayed session, and follows it when it goes on under another id.

    At first that is the session of the nearest of the ``folders`` (by distance); None: whichever comes first. It is
    never left for another one while it is alive. One that the user chose is followed by its process alone.
    """

    def __init__(self, live: LiveState, folders: Mapping[str, int] | None = None) -> None:
        self._live = live
        self._folders = folders
        self._requested: set[SessionKey] = set()
        self._reloaded: SessionKey | None = None
        self._picked = False
        self._awaited: Path | None = None
        self.session: SessionKey | None = None

    @property
    def state(self) -> SessionState | None:
        """The state of the displayed session."""
        return self._live.sessions.get(self.session) if self.session else None

    @property
    def awaited(self) -> Path | None:
        """The file that the user chose and that has not given a session yet."""
        return self._awaited

    def has_decided(self, feed_status: FeedStatus) -> bool:
        """Return True if it is known whether there is a session of the folders."""
        return self._folders is not None and feed_status.search_ended and not feed_status.here

    def choose(self, session: SessionKey) -> None:
        """Display this session from now on."""
        self.session, self._picked, self._awaited = session, True, None

    def choose_file(self, path: Path) -> None:
        """Display the session in this file as soon as it is known."""
        self._awaited = path

    def update(self, frame: FrameUpdate, feed_status: FeedStatus, now: int) -> bool:
        """Consider the sessions of a frame; return True if another session is displayed now."""
        before = self.session
        if self._awaited and (session := frame.session_in(self._awaited)):
            self.choose(session)
        elif self.session is None:
            self.session = self._initial(frame, feed_status)
        self._follow(frame, now, frame.catching_up)
        return self.session != before

    def _initial(self, frame: FrameUpdate, feed_status: FeedStatus) -> SessionKey | None:
        """Return the session to begin with; None while there is none to show without being asked."""
        folders = self._folders
        if folders is None:
            return next(iter((*frame.known_sessions, *frame.changes.parts)), None)
        if not feed_status.search_ended:
            return None
        if feed_status.here:
            return frame.session_in(feed_status.here)
        here = [state for state in self._live.sessions.values() if state.folder in folders]
        nearest = min(here, key=lambda state: (folders[state.folder], -state.last_at), default=None)
        return nearest.key if nearest else None

    def _follow(self, frame: FrameUpdate, now: int, catching_up: bool) -> None:
        sessions: Iterable[SessionKey] = (*frame.known_sessions, *frame.changes.parts)
        if self.session in frame.changes.parts:
            sessions = list(self._live.sessions)  # it may have ended just now
        for session in sessions:
            current, other = self.state, self._live.sessions.get(session)
            if current and other and other is not current and self._goes_on_as(other, current, now, catching_up):
                self.session = session

    def _goes_on_as(self, other: SessionState, current: SessionState, now: int, catching_up: bool) -> bool:
        """Decide whether to follow; while catching up, the last one of a file that holds several sessions is shown."""
        if self._picked:
            return continues_by_process(other, current)
        if catching_up and current.path and other.path == current.path:
            return other.last_at > current.last_at
        return continues(other, current, now)

    def note_request(self, session: SessionKey) -> None:
        """Note that the history of a session was requested by somebody else."""
        self._requested.add(session)

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
