"""The pump between feed and screen: applies deliveries to live state, a slice per frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

from tui_monitor.events import Health, SessionKey
from tui_monitor.feed.deliveries import (
    CallBodies,
    Delivery,
    DiscoveryResult,
    EndOfInput,
    EventsRead,
    Fault,
    FiguresLoaded,
    FileHistoryLoaded,
    HistoryLoaded,
    HistoryProgress,
    KnownSessions,
    LogPageLoaded,
    PastSession,
    PeriodsSummed,
    Polling,
    ProcessesScanned,
    Progress,
    ReadIssues,
    SearchAnswered,
    SessionsListed,
    TotalsUpdated,
)
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.merge.file_history import FileHistory
from tui_monitor.search.hits import SearchAnswer
from tui_monitor.sources.discovery.find import SearchRoot

StatusDelivery: TypeAlias = Progress | HistoryProgress | DiscoveryResult | ReadIssues | Fault | Polling | EndOfInput

FRAME_S = 1 / 30
MAX_ERRORS = 20
BUDGET_S = 0.012
"""Seconds per frame for live state; the rest belongs to drawing and to keys."""
MAX_SHARE = 1 / 3
"""Share of a core that may be spent on frames; more make room for reading and storing."""


@dataclass(slots=True)
class FeedStatus:
    """Status of the feed: progress, that of the history, skipped lines, faults (by where they are), the reason why
    changes are polled, the result of the search, and whether nothing more can come."""

    progress: Progress | None = None
    history: HistoryProgress | None = None
    health: Health = field(default_factory=Health)
    faults: dict[str, str] = field(default_factory=dict)
    polling: str = ""
    notes: tuple[str, ...] = ()
    roots: tuple[SearchRoot, ...] = ()
    here: Path | None = None
    has_sessions: bool = False
    search_ended: bool = False
    input_ended: bool = False

    @property
    def catching_up(self) -> bool:
        """True until the initial backlog has been read."""
        return self.progress is None or self.progress.bytes_read < self.progress.total_bytes


@dataclass(slots=True)
class FrameUpdate:
    """Result of one frame: changes of sessions, what was requested (bodies, histories of files, hits of searches, pages
    of logs), sessions in the store, whether the feed's status changed, whether more deliveries are waiting, and whether
    it began before the initial backlog had been read."""

    changes: Changes = field(default_factory=Changes)
    bodies: list[CallBodies] = field(default_factory=list)
    files: list[FileHistory] = field(default_factory=list)
    found: list[SearchAnswer] = field(default_factory=list)
    pages: list[LogPageLoaded] = field(default_factory=list)
    known_sessions: list[SessionKey] = field(default_factory=list)
    past_sessions: tuple[PastSession, ...] | None = None
    sessions_by_path: dict[Path, SessionKey] = field(default_factory=dict)
    feed_status: bool = False
    more: bool = False
    catching_up: bool = False

    def session_in(self, path: Path) -> SessionKey | None:
        """Return a session in the file at ``path``; None if nothing of it was delivered."""
        return self.sessions_by_path.get(path)


class DeliveryPump:
    """Moves deliveries from ``drain`` into live state."""

    def __init__(
        self, drain: Callable[[], Iterator[Delivery]], live: LiveState, timer: Callable[[], float] = perf_counter
    ) -> None:
        self.feed_status = FeedStatus()
        self._drain = drain
        self._live = live
        self._timer = timer

    def frame(self, budget: float = BUDGET_S) -> FrameUpdate:
        """Apply waiting deliveries for about ``budget`` seconds."""
        frame = FrameUpdate(catching_up=self.feed_status.catching_up)
        until = self._timer() + budget
        for delivery in self._drain():
            self._apply(delivery, frame)
            if self._timer() >= until:
                frame.more = True
                break
        return frame

    def _apply(self, delivery: Delivery, frame: FrameUpdate) -> None:
        match delivery:
            case EventsRead(events, path):
                self._live.apply(events, frame.changes)
                if path and events:
                    frame.sessions_by_path[path] = events[0].session
            case ProcessesScanned(scans, adds_sessions):
                for scan in scans:
                    self._live.apply_scan(scan, frame.changes, adds_sessions)
            case HistoryLoaded(history, is_brief):
                self._live.restore(history, frame.changes, is_brief)
            case SessionsListed(sessions):
                frame.past_sessions = sessions
            case TotalsUpdated(totals):
                for total in totals:
                    self._live.set_totals(total, frame.changes)
            case FiguresLoaded(session, figures):
                self._live.set_figures(session, figures, frame.changes)
            case PeriodsSummed(period_totals):
                self._live.period_totals = period_totals
            case KnownSessions(sessions, path):
                frame.known_sessions.extend(sessions)
                if path and sessions:
                    frame.sessions_by_path[path] = sessions[0]
            case CallBodies():
                frame.bodies.append(delivery)
            case FileHistoryLoaded(history):
                frame.files.append(history)
            case SearchAnswered(answer):
                frame.found.append(answer)
            case LogPageLoaded():
                frame.pages.append(delivery)
            case _:
                self._apply_status(delivery)
                frame.feed_status = True

    def _apply_status(self, delivery: StatusDelivery) -> None:
        current = self.feed_status
        match delivery:
            case Progress():
                current.progress = delivery
            case HistoryProgress():
                current.history = delivery
            case DiscoveryResult(notes, roots, here, has_sessions):
                current.search_ended, current.notes, current.roots = True, notes or current.notes, roots
                current.here, current.has_sessions = here, has_sessions
            case ReadIssues(_, health):
                total = current.health + health
                current.health = Health(total.lines, total.skipped, total.unknown, total.errors[-MAX_ERRORS:])
            case EndOfInput():
                current.input_ended = True
            case Polling(reason):
                current.polling = reason
            case Fault(where, ""):
                current.faults.pop(where, None)
            case Fault(where, text):
                current.faults[where] = text
