"""A store with the made-up afternoon, and a source that searches in it."""

from __future__ import annotations

from dataclasses import replace

from tests.tui.fake_source import FakeSource
from tests.tui.harbour_totals import deliveries, working_afternoon
from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import Batch, CallStarted, Checkpoint, SessionKey, SessionUpdate
from tui_monitor.feed.deliveries import Delivery, SearchAnswered
from tui_monitor.feed.session_search import search_store
from tui_monitor.search.query import SearchQuery
from tui_monitor.store import Store, private_store

OTHER = SessionKey("codex", "s-2")


def other_session(now: int) -> LiveBuilder:
    """Return a past session of another agent in another project."""
    live = LiveBuilder(now, OTHER, "/home/ada/lighthouse")
    live.apply(SessionUpdate(session=OTHER, at=now, title="Lamps of the tower"))
    live.prompt("Why does the red lamp not light?")
    live.shell("make lamps && pytest tests/test_lamps.py", "lamp 1 lit\nlamp 2: summer time is wrong\n1 failed", 7)
    live.edit("/home/ada/lighthouse/lamps.py", 3, 1)
    return live


class SearchedSource(FakeSource):
    """Delivers one session, and the hits in a store with that and another one."""

    def __init__(self) -> None:
        self.shown = working_afternoon()
        self.other = other_session(self.shown.now - 86_400_000)
        self.store: Store = private_store(bodies=True)
        own = (
            replace(each, uid=f"own {each.uid}") if isinstance(each, CallStarted) else each
            for each in self.other.events
        )
        events = (*self.shown.events, *own)
        self.store.ingest(Batch("", Checkpoint("s", "/s", "sample", 1, "1"), events))
        while self.store.index_texts(100):
            pass
        super().__init__(*deliveries(self.shown))

    def request_search(self, query: SearchQuery) -> None:
        """Record the request, and deliver the answer."""
        super().request_search(query)
        self.deliver(self.answer(query))

    def answer(self, query: SearchQuery) -> Delivery:
        """Return the answer of the store."""
        return SearchAnswered(search_store(self.store, query))
