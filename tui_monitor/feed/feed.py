"""The feed as the screen sees it: started, taken from, asked, stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future

from tui_monitor.events import SessionKey
from tui_monitor.feed.call_bodies import load_call_bodies
from tui_monitor.feed.deliveries import Delivery, Fault, HistoryLoaded, TotalsUpdated
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.reader import Reader
from tui_monitor.feed.source_pool import SourcePool
from tui_monitor.feed.source_selection import SourceSelector
from tui_monitor.feed.store_manager import StoreManager
from tui_monitor.feed.writer import Writer
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.discovery.registry import Registry
from tui_monitor.sources.files.watcher import FileWatcher
from tui_monitor.store import Store

STOP_S = 2.0


class Feed:
    """Reads what is chosen and keeps it in a store, both in threads of their own.

    What they bring is taken with `drain`, in the thread that draws; ``notify`` is called, in theirs, when there is
    something to take. ``registry`` and ``choose`` are called in the reading thread, since both take their time.
    """

    def __init__(
        self,
        registry: Callable[[], Registry],
        choose: Callable[[Registry], SourceSelector],
        prices: PriceBook,
        open_store: Callable[[], Store],
        notify: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._inbox = inbox = Inbox(notify)
        self._writer = writer = Writer(lambda: StoreManager(open_store, prices), inbox)
        watch = FileWatcher()
        self._reader = Reader(
            lambda: choose(registry()),
            lambda: SourcePool(registry(), prices, inbox, writer, watch),
            watch,
            lambda text: inbox.put(Fault("reader", text)),
        )

    def start(self) -> None:
        """Begin."""
        self._writer.start()
        self._reader.start()

    def stop(self) -> None:
        """End reading at once, and storing when all that was read is stored, but not later than in a moment."""
        self._reader.stop()
        self._reader.join(STOP_S)
        self._writer.stop()
        self._writer.join(STOP_S)

    def drain(self) -> Iterator[Delivery]:
        """What has come, oldest first; stop taking when there is no more time."""
        return self._inbox.drain()

    def request_history(self, session: SessionKey) -> None:
        """Have what the store remembers of a session delivered, and its sums."""
        self._ask(
            lambda store: (
                HistoryLoaded(session, tuple(store.history(session))),
                TotalsUpdated((store.totals(session),)),
            )
        )

    def request_bodies(self, session: SessionKey, call: str) -> None:
        """Have the texts of a call delivered."""
        self._ask(lambda store: (load_call_bodies(store, self._registry(), session, call),))

    def _ask(self, question: Callable[[Store], Iterable[Delivery]]) -> None:
        def answer(keeper: StoreManager) -> None:
            for delivery in keeper.ask(lambda store: list(question(store))):
                self._inbox.put(delivery)

        self._writer.call(answer).add_done_callback(self._tell_failure)

    def _tell_failure(self, asked: Future[None]) -> None:
        if error := asked.exception():
            self._inbox.put(Fault("writer", f"the store did not answer: {error}"))
