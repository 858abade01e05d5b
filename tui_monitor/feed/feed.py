"""The feed as the screen sees it: started, taken from, asked, stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future

from tui_monitor.events import SessionKey
from tui_monitor.feed.choice import Choice
from tui_monitor.feed.deliveries import Delivery, Remembered, Summed, Trouble
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.intake import Intake
from tui_monitor.feed.keeper import Keeper
from tui_monitor.feed.reader import Reader
from tui_monitor.feed.texts import texts_of
from tui_monitor.feed.writer import Writer
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.registry import Registry
from tui_monitor.sources.watch import Watch
from tui_monitor.store import Store

STOP_S = 2.0


class Feed:
    """Reads what is chosen and keeps it in a store, both in threads of their own.

    What they bring is taken with `take`, in the thread that draws; ``wake`` is called, in theirs, when there is
    something to take. ``registry`` and ``choose`` are called in the reading thread, since both take their time.
    """

    def __init__(
        self,
        registry: Callable[[], Registry],
        choose: Callable[[Registry], Choice],
        prices: PriceBook,
        open_store: Callable[[], Store],
        wake: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._inbox = inbox = Inbox(wake)
        self._writer = writer = Writer(lambda: Keeper(open_store, prices), inbox)
        watch = Watch()
        self._reader = Reader(
            lambda: choose(registry()),
            lambda: Intake(registry(), prices, inbox, writer, watch),
            watch,
            lambda text: inbox.put(Trouble("reader", text)),
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

    def take(self) -> Iterator[Delivery]:
        """What has come, oldest first; stop taking when there is no more time."""
        return self._inbox.take()

    def ask_history(self, session: SessionKey) -> None:
        """Have what the store remembers of a session delivered, and its sums."""
        self._ask(lambda store: (Remembered(session, tuple(store.history(session))), Summed((store.totals(session),))))

    def ask_texts(self, session: SessionKey, call: str) -> None:
        """Have the texts of a call delivered."""
        self._ask(lambda store: (texts_of(store, self._registry(), session, call),))

    def _ask(self, question: Callable[[Store], Iterable[Delivery]]) -> None:
        def answer(keeper: Keeper) -> None:
            for delivery in keeper.ask(lambda store: list(question(store))):
                self._inbox.put(delivery)

        self._writer.call(answer).add_done_callback(self._tell_failure)

    def _tell_failure(self, asked: Future[None]) -> None:
        if error := asked.exception():
            self._inbox.put(Trouble("writer", f"the store did not answer: {error}"))
