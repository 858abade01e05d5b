"""Model of the monitor screen: the feed, the live state that it fills, and the displayed session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from tui_monitor.events import CallProgress, SessionKey
from tui_monitor.feed.deliveries import CallBodies, LogPageLoaded, PastSession
from tui_monitor.feed.log_pages import PageRequest
from tui_monitor.figures import FigureKind, Period
from tui_monitor.live.absence import LEAST_MS, come_back, leave
from tui_monitor.live.apply import EVERYTHING, NOTHING, Part
from tui_monitor.live.session import SessionState
from tui_monitor.live.spending import spending_periods
from tui_monitor.live.state import LiveState
from tui_monitor.live.status import CURRENT, Lag
from tui_monitor.merge.file_history import FileHistory
from tui_monitor.search.hits import SearchAnswer
from tui_monitor.search.query import SearchQuery
from tui_monitor.tui.app_context import STOP_S, SourceOpener
from tui_monitor.tui.figure_requests import AMOUNTS_MS, FigureRequests
from tui_monitor.tui.lag_indicator import LagIndicator
from tui_monitor.tui.output_tail import OutputTail
from tui_monitor.tui.pump import BUDGET_S, DeliveryPump, FeedStatus
from tui_monitor.tui.screens.session_selector import SessionSelector


@dataclass(frozen=True, slots=True)
class ModelUpdate:
    """Changes since the last update: ``part`` of the displayed session (all of it if that is another one now), whether
    the feed's status changed, what was requested (bodies, histories of files, hits of searches, pages of logs), and
    whether the past sessions were listed. ``more`` can be had at once."""

    part: Part = NOTHING
    feed_status: bool = False
    bodies: Sequence[CallBodies] = ()
    files: Sequence[FileHistory] = ()
    found: Sequence[SearchAnswer] = ()
    pages: Sequence[LogPageLoaded] = ()
    sessions_listed: bool = False
    more: bool = False


class MonitorModel:
    """Owns the source and the state filled from it; draws nothing. ``wake`` is called, in any thread, when there is
    something to drain; ``clock`` returns epoch milliseconds; ``folders`` are the current one and those above it with
    their distances, whose session is displayed at first (None: any)."""

    def __init__(
        self,
        open_source: SourceOpener,
        wake: Callable[[], None],
        clock: Callable[[], int],
        folders: Mapping[str, int] | None = None,
    ) -> None:
        self._source = open_source(wake)
        self._clock = clock
        self.started = clock()
        """When it was opened (epoch ms)."""
        self.past_sessions: Sequence[PastSession] = ()
        self.live = LiveState()
        self._pump = DeliveryPump(self._source.drain, self.live)
        self._selector = SessionSelector(self.live, folders)
        self._figure_requests = FigureRequests()
        self._prompt_requests = FigureRequests(AMOUNTS_MS)
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
    def has_only_others(self) -> bool:
        """True if there are sessions, but none to display without being asked."""
        return (
            self.session is None
            and self._selector.has_decided(self.feed_status)
            and (bool(self.live.sessions) or self.feed_status.has_sessions)
        )

    def lag(self) -> Lag:
        """Return by how much the displayed session is behind, for the screen."""
        session = self.session
        if session is None:
            return CURRENT
        if session not in self._lag_indicators:
            self._lag_indicators = {session: LagIndicator()}
        lag_ms = self._lag_indicators[session].update(round(1000 * self._source.lag(session)), self.now())
        return Lag(lag_ms, self.feed_status.catching_up) if lag_ms else CURRENT

    def choose(self, session: SessionKey | None, path: Path | None = None, *, is_stored: bool = False) -> None:
        """Display this session from now on, or the one in the file at ``path``; one that is not followed yet is loaded
        from the store, if it is known to be there (``is_stored``), or its file is read."""
        state = self.live.sessions.get(session) if session else None
        is_stored = is_stored or any(past.session == session and past.totals for past in self.past_sessions)
        if session and (state or is_stored):
            self._selector.choose(session)
            if state is None:
                self._selector.note_request(session)
                self._source.request_history(session)
        elif path:
            self._selector.choose_file(path)
        if path or (state and state.path):
            self._source.follow(path or Path(state.path if state else ""))
        self.look()

    def look(self) -> None:
        """Note that a person sees the displayed session now."""
        if state := self.state:
            state.looked_at = self.now()

    def leave(self) -> None:
        """Note that the person looks away: what stood there of an earlier absence is known by now."""
        for state in self.live.sessions.values():
            leave(state)

    def come_back(self, left_at: int) -> None:
        """Note in each session what has happened while the person looked away."""
        if self.now() - left_at >= LEAST_MS:
            for state in self.live.sessions.values():
                if state.last_at > left_at:
                    come_back(state, left_at)

    def request_sessions(self) -> None:
        """Request the past sessions; they come with a later update."""
        self._source.request_sessions()

    def request_figures(self, kind: FigureKind, tz: tzinfo | None) -> None:
        """Request figures of the displayed session, if those that are there may be old; they come with a later update.
        Days are those of ``tz`` (None: local)."""
        state, now = self.state, self.now()
        if state and self._figure_requests.is_due(state, kind, now):
            periods = spending_periods(state, now, tz) if kind is FigureKind.SPENDING else ()
            self._source.request_figures(state.key, kind, periods)

    def request_prompt_amounts(self) -> bool:
        """Request what each prompt of the displayed session cost, if that may have changed: its row shows it. Return
        True if it has changed, and may not be asked for yet."""
        state, kind = self.state, FigureKind.PROMPT_AMOUNTS
        if state is None or not state.totals.amount.cost:
            return False
        if self._prompt_requests.is_due(state, kind, self.now()):
            self._source.request_figures(state.key, kind)
        return self._prompt_requests.is_behind(state)

    def request_periods(self, periods: Sequence[Period]) -> None:
        """Request what was spent in these periods; it comes with a later update."""
        if periods:
            self._source.request_periods(periods)

    def request_bodies(self, session: SessionKey, call: str) -> None:
        """Request the bodies of a call; they come with a later update."""
        self._source.request_bodies(session, call)

    def note_output(self, session: SessionKey, call: str, tail: OutputTail) -> None:
        """Note what a call has written to its output file: it is shown, and not stored."""
        if (state := self.live.sessions.get(session)) and state.log.get(call):
            state.log.apply(
                CallProgress(session=session, at=self.now(), call=call, lines=tail.lines or None, output=tail.text)
            )

    def request_file(self, session: SessionKey, path: str) -> None:
        """Request the changes of a file; they come with a later update."""
        self._source.request_file(session, path)

    def request_page(self, request: PageRequest) -> None:
        """Request a page of a session's log; it comes with a later update."""
        self._source.request_page(request)

    def request_search(self, query: SearchQuery) -> None:
        """Request the hits of a search; they come with a later update."""
        self._source.request_search(query)

    def update(self, budget: float = BUDGET_S) -> ModelUpdate:
        """Apply deliveries of the source to the live state, for about ``budget`` seconds."""
        frame = self._pump.frame(budget)
        other = self._selector.update(frame, self.feed_status, self.now())
        self.live.pinned = self.session
        for session in self._selector.histories_to_request(frame):
            self._source.request_history(session, brief=session != self.session)
        if frame.past_sessions is not None:
            self.past_sessions = frame.past_sessions
        part = EVERYTHING if other else frame.changes.of(self.session)
        return ModelUpdate(
            part,
            frame.feed_status,
            frame.bodies,
            frame.files,
            frame.found,
            frame.pages,
            frame.past_sessions is not None,
            frame.more,
        )
