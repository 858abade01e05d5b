"""The messages from the reader and writer threads to the UI thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tui_monitor.events import Change, Event, Health, ProcessScan, Proposal, Reply, SessionKey
from tui_monitor.feed.log_pages import LogPage, PageRequest
from tui_monitor.figures import PeriodTotal, SessionFigures
from tui_monitor.merge.file_history import FileHistory
from tui_monitor.merge.history import SessionHistory
from tui_monitor.search.hits import SearchAnswer
from tui_monitor.sources.discovery.find import SearchRoot
from tui_monitor.totals import SessionTotals


@dataclass(frozen=True, slots=True)
class EventsRead:
    """New events of the source at ``path``, in their order, with context windows but without rates (see
    `feed.enrich`)."""

    events: tuple[Event, ...]
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class ProcessesScanned:
    """The processes of those agents whose processes have changed. ``adds_sessions``: one of a session that is not
    followed stands for it."""

    scans: tuple[ProcessScan, ...]
    adds_sessions: bool = True


@dataclass(frozen=True, slots=True)
class KnownSessions:
    """Sessions of the source at ``path`` already in the store; always delivered before their first new event."""

    sessions: tuple[SessionKey, ...]
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class HistoryLoaded:
    """The stored history of a session: the answer to a request. ``is_brief``: its log is cut to the last entries."""

    history: SessionHistory
    is_brief: bool = False


@dataclass(frozen=True, slots=True)
class PastSession:
    """A session that may be over: in the store (``totals`` are set then), or found as a file that was never read.

    ``source`` is the name of its agent's adapter, ``session`` its key if that is known without reading the file,
    ``folder`` the one in which it began, ``ended`` the time of its last event or change (epoch ms), ``percentage`` how
    full its context was.
    """

    source: str
    path: Path | None = None
    session: SessionKey | None = None
    folder: str = ""
    branch: str = ""
    title: str = ""
    ended: int = 0
    percentage: float | None = None
    totals: SessionTotals | None = None


@dataclass(frozen=True, slots=True)
class SessionsListed:
    """The past sessions, the last active first: the answer to a request."""

    sessions: tuple[PastSession, ...]


@dataclass(frozen=True, slots=True)
class TotalsUpdated:
    """The stored totals of the sessions that have changed."""

    totals: tuple[SessionTotals, ...]


@dataclass(frozen=True, slots=True)
class FiguresLoaded:
    """Figures of a session: the answer to a request."""

    session: SessionKey
    figures: SessionFigures


@dataclass(frozen=True, slots=True)
class PeriodsSummed:
    """What was spent in periods: the answer to a request."""

    totals: tuple[PeriodTotal, ...]


@dataclass(frozen=True, slots=True)
class DiscoveryResult:
    """Notes of a search for sources, for people, and the places searched if no session is followed.

    ``here`` is the file of the working directory's session (None: there is none, or none was looked for);
    ``has_sessions``: there is any session, live or past.
    """

    notes: tuple[str, ...]
    roots: tuple[SearchRoot, ...]
    here: Path | None = None
    has_sessions: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes read of the initial backlog. All of it is read when both are equal."""

    bytes_read: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class HistoryProgress:
    """Bytes read of the history: of what was on disk and not in the store. All of it is read when both are equal."""

    bytes_read: int
    total_bytes: int

    @property
    def percentage(self) -> int:
        """The part that is read, below 100 until that is all."""
        return 100 if self.bytes_read >= self.total_bytes else 100 * self.bytes_read // self.total_bytes


@dataclass(frozen=True, slots=True)
class ReadIssues:
    """Skipped and unknown lines of one read of ``path``."""

    path: str
    health: Health


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with ``where``: a path, "store", "reader" or "writer". An empty text ends it."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Polling:
    """Changes are found by polling alone, and so a little later, for this reason; by notifications if it is empty."""

    reason: str


@dataclass(frozen=True, slots=True)
class EndOfInput:
    """Nothing more can come: all sources were pipes and have ended. What they gave is stored, and was delivered."""


@dataclass(frozen=True, slots=True)
class CallBodies:
    """The bodies of a call, and what it asks for: the answer to a request. ``complete``: nothing was cut."""

    session: SessionKey
    call: str
    input: str
    output: str
    error: str
    metadata: str
    changes: tuple[Change, ...]
    complete: bool
    proposal: Proposal | None = None
    answers: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class FileHistoryLoaded:
    """The changes of a file: the answer to a request."""

    history: FileHistory


@dataclass(frozen=True, slots=True)
class SearchAnswered:
    """The hits of a search: the answer to a request."""

    answer: SearchAnswer


@dataclass(frozen=True, slots=True)
class LogPageLoaded:
    """A page of a session's log: the answer to a request."""

    request: PageRequest
    page: LogPage


Delivery: TypeAlias = (
    EventsRead
    | ProcessesScanned
    | KnownSessions
    | HistoryLoaded
    | SessionsListed
    | TotalsUpdated
    | FiguresLoaded
    | PeriodsSummed
    | DiscoveryResult
    | Progress
    | HistoryProgress
    | ReadIssues
    | Fault
    | Polling
    | EndOfInput
    | CallBodies
    | FileHistoryLoaded
    | SearchAnswered
    | LogPageLoaded
)


def workload(delivery: Delivery) -> int:
    """Return the number of events or records in a delivery, or 1: roughly the work that it causes."""
    match delivery:
        case EventsRead(events):
            return len(events)
        case HistoryLoaded(history):
            return len(history)
        case _:
            return 1
