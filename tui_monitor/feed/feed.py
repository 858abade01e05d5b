"""The reader and the writer as one source of deliveries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Protocol, TypeAlias

from tui_monitor.events import ProcessScan, SessionKey
from tui_monitor.feed.call_bodies import load_call_bodies, load_file_history
from tui_monitor.feed.deliveries import (
    Delivery,
    Fault,
    FiguresLoaded,
    HistoryLoaded,
    LogPageLoaded,
    PeriodsSummed,
    ProcessesScanned,
    SearchAnswered,
    SessionsListed,
    TotalsUpdated,
)
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.log_pages import PageRequest, load_page
from tui_monitor.feed.past_sessions import PastSessions
from tui_monitor.feed.pipe_spool import PipeSpool
from tui_monitor.feed.reader import Reader
from tui_monitor.feed.repriced_view import with_view
from tui_monitor.feed.session_search import TEXTS_AT_ONCE, search_store
from tui_monitor.feed.source_pool import SourcePool
from tui_monitor.feed.source_selection import SourceSelector
from tui_monitor.feed.store_manager import StoreAccess, StoreManager
from tui_monitor.feed.unread_data import UnreadData
from tui_monitor.feed.writer import Writer, WriterEnded
from tui_monitor.figures import FigureKind, Period
from tui_monitor.pricing import PriceBook
from tui_monitor.search.hits import SearchAnswer
from tui_monitor.search.query import SearchQuery
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.watcher import FileWatcher
from tui_monitor.store import Store, StoreError

if TYPE_CHECKING:
    from tui_monitor.feed.backfill import HistoryBackfill

STOP_S = 2.0
BRIEF_CALLS = 40
"""Calls in the history of a session that is not displayed."""

ProcessMonitorMaker: TypeAlias = Callable[[Callable[[Delivery], None], Event], Thread]
"""Makes the thread that looks at processes from a function that takes what it finds, and the event that stops it."""


class ReaderThread(Protocol):
    """The thread that hands out events; see `Reader`."""

    busy_since: float | None
    """See `Reader.busy_since`."""

    @property
    def ident(self) -> int | None:
        """See `threading.Thread`."""

    def start(self) -> None:
        """See `threading.Thread`."""

    def join(self, timeout: float | None = None) -> None:
        """See `threading.Thread`."""

    def stop(self) -> None:
        """See `Reader.stop`."""

    def follow(self, path: Path) -> None:
        """See `Reader.follow`."""

    def note_processes(self, scans: Iterable[ProcessScan]) -> None:
        """See `Reader.note_processes`."""


BackfillMaker: TypeAlias = Callable[[Callable[[], bool], Callable[[Delivery], None], Event], "HistoryBackfill"]
"""Makes the thread that has the history read from a function that tells whether nothing else is to be read, the one
that takes the progress, and the event that stops it."""

ReaderMaker: TypeAlias = Callable[[Inbox, Writer], ReaderThread]
"""Makes the thread that hands events to the inbox and to the writer."""


class Feed:
    """Reads the selected sources and keeps them in a store, each in a thread of its own.

    ``make_reader`` makes another thread than that which reads the sources. The UI thread takes their deliveries with
    `drain`; ``notify`` is called, in any thread, when there are some. With ``view_prices`` it shows everything by them,
    and stores it by ``prices``. ``make_registry`` and ``make_selector`` are called in the reader thread, since they may
    take long.
    """

    def __init__(
        self,
        make_registry: Callable[[], Registry],
        make_selector: Callable[[Registry], SourceSelector],
        prices: PriceBook,
        open_store: Callable[[], Store],
        notify: Callable[[], None],
        spool: PipeSpool | None = None,
        make_process_monitor: ProcessMonitorMaker | None = None,
        view_prices: PriceBook | None = None,
        past_sessions: PastSessions | None = None,
        make_reader: ReaderMaker | None = None,
        make_backfill: BackfillMaker | None = None,
    ) -> None:
        self._make_registry = make_registry
        self._inbox = inbox = Inbox(notify)
        self._spool = spool
        self._past_sessions = past_sessions
        self._writer = writer = Writer(lambda: with_view(StoreManager(open_store, prices, spool), view_prices), inbox)
        watcher, stopped = FileWatcher(), Event()
        self._unread = unread = UnreadData()

        def make_file_reader(inbox: Inbox, writer: Writer) -> ReaderThread:
            return Reader(
                lambda: make_selector(make_registry()),
                lambda: SourcePool(make_registry(), view_prices or prices, inbox, writer, watcher, stopped, unread),
                watcher,
                stopped,
                lambda text: inbox.put(Fault("reader", text)),
            )

        self._reader = (make_reader or make_file_reader)(inbox, writer)
        self._process_monitor = make_process_monitor(self._deliver_processes, stopped) if make_process_monitor else None
        self._backfill: HistoryBackfill | None = None
        if make_backfill and isinstance(self._reader, Reader):
            self._backfill = make_backfill(self._reader.is_quiet, inbox.put, stopped)
        self._closer = Thread(target=self._close, name="tui-monitor-closer", daemon=True)

    def start(self) -> None:
        """Start reading and storing."""
        self._writer.start()
        self._reader.start()
        for thread in filter(None, (self._process_monitor, self._backfill)):
            thread.start()

    def stop(self, timeout: float = STOP_S) -> None:
        """Stop reading at once, and storing when everything that was read is stored.

        Waits for that for at most ``timeout`` seconds; what is not stored by then is stored while the program lives.
        """
        self._reader.stop()
        with suppress(RuntimeError):  # it is running already
            self._closer.start()
        self._closer.join(timeout)

    def closing_note(self) -> str:
        """Return a line about what came from pipes and is not in the store, once stopped; empty if there is nothing.

        Files are read again by the next start, which has nothing to say about them.
        """
        if self._spool is None:
            return ""
        if lost := self._writer.unsaved_responses():
            return f"{lost:,} response{'s' if lost > 1 else ''} from a pipe could not be stored."
        if self._spool.is_used():
            folder = self._spool.folder
            return f"The store could not be written: what came from a pipe is kept in {folder} for the next start."
        return ""

    def drain(self) -> Iterator[Delivery]:
        """Yield the waiting deliveries, oldest first. The caller may stop at any of them."""
        return self._inbox.drain()

    def lag(self, session: SessionKey) -> float:
        """Return by how many seconds the deliveries about a session are behind what has been written.

        That is the age of the oldest data that are not read, stored or drained yet.
        """
        stages = (
            self._reader.busy_since,
            self._unread.oldest(session),
            self._writer.oldest(session),
            self._inbox.oldest(),
        )
        now = monotonic()
        return max((now - since for since in stages if since is not None), default=0.0)

    def follow(self, path: Path) -> None:
        """Read the session at ``path`` too, before those in the background."""
        self._reader.follow(path)

    def request_sessions(self) -> None:
        """Request the past sessions as a delivery."""
        if past_sessions := self._past_sessions:
            self._request(lambda store: (SessionsListed(past_sessions.list(store)),))

    def request_history(self, session: SessionKey, brief: bool = False) -> None:
        """Request the stored history of a session, and its totals, as deliveries; ``brief``: with the last calls alone,
        for a session that is not displayed."""

        def load(store: Store) -> Iterator[Delivery]:
            self._writer.track(session)
            history = store.history(session, BRIEF_CALLS) if brief else store.history(session)
            yield HistoryLoaded(history, brief)
            yield TotalsUpdated((store.totals(session),))

        self._request(load)

    def request_figures(self, session: SessionKey, kind: FigureKind, periods: Sequence[Period] = ()) -> None:
        """Request figures of a session as a delivery; ``periods`` are the times whose spending matters."""
        self._request(lambda store: (FiguresLoaded(session, store.figures(session, kind, periods)),))

    def request_periods(self, periods: Sequence[Period]) -> None:
        """Request what was spent in these periods as a delivery."""
        self._request(lambda store: (PeriodsSummed(tuple(store.period_totals(periods))),))

    def request_bodies(self, session: SessionKey, call: str) -> None:
        """Request the bodies of a call as a delivery."""
        self._request(lambda store: (load_call_bodies(store, self._make_registry(), session, call),))

    def request_file(self, session: SessionKey, path: str) -> None:
        """Request the changes of a file as a delivery."""
        self._request(lambda store: (load_file_history(store, self._make_registry(), session, path),))

    def request_page(self, request: PageRequest) -> None:
        """Request a page of a session's log as a delivery: of what is stored by now, since somebody waits for it."""
        self._request(lambda store: (LogPageLoaded(request, load_page(store, request)),), first=True)

    def request_search(self, query: SearchQuery) -> None:
        """Request the hits of a search as a delivery; each request makes some more texts searchable, if there are
        any."""

        def answer(manager: StoreAccess) -> None:
            manager.index_texts(TEXTS_AT_ONCE)
            try:
                hits = manager.query(lambda store: search_store(store, query))
            except StoreError as error:
                hits = SearchAnswer(query, fault=str(error))
            self._inbox.put(SearchAnswered(hits))

        self._writer.query(answer).add_done_callback(self._report_failure)

    def _deliver_processes(self, delivery: Delivery) -> None:
        self._inbox.put(delivery)
        if isinstance(delivery, ProcessesScanned) and delivery.adds_sessions:
            self._reader.note_processes(delivery.scans)

    def _request(self, question: Callable[[Store], Iterable[Delivery]], *, first: bool = False) -> None:
        def answer(manager: StoreAccess) -> None:
            for delivery in manager.query(lambda store: list(question(store))):
                self._inbox.put(delivery)

        self._writer.query(answer, first=first).add_done_callback(self._report_failure)

    def _report_failure(self, answer: Future[None]) -> None:
        error = answer.exception()
        if error and not isinstance(error, WriterEnded):  # its end was reported
            self._inbox.put(Fault("writer", f"the store did not answer: {error}"))

    def _close(self) -> None:
        """End the reader, and then the writer, so that it stores the reader's last batches."""
        if self._backfill:
            self._backfill.stop()
        for thread in (self._reader, self._writer):
            thread.stop()
            if thread.ident is not None:
                thread.join()
