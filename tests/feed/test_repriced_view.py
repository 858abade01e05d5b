"""A feed with other prices for the view shows everything by them; the user's store is kept by the user's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.feed.sessions import CLAUDE, claude_lines
from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import Delivery, EventsRead, Fault, HistoryLoaded, TotalsUpdated
from tui_monitor.feed.enrich import EventPricing
from tui_monitor.feed.feed import Feed
from tui_monitor.feed.path_selection import PathSelector
from tui_monitor.pricing import Overrides, PriceBook
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import open_store
from tui_monitor.totals import SessionTotals

PATIENCE_S = 15.0
OWN = PriceBook()
FREE = {"*": {"input": 0, "output": 0, "cache_read": 0, "cache_write": 0, "cache_write_1h": 0}}
VIEW = PriceBook(Overrides.from_tables(FREE, {"*": 777_777}))


class Monitor:
    """A feed of one file, drained in the test's own thread."""

    def __init__(self, path: Path, store: Path, view: PriceBook | None) -> None:
        select = partial(PathSelector, [str(path)])
        self.feed = Feed(default_registry, select, OWN, lambda: open_store(store), lambda: None, view_prices=view)
        self.deliveries: list[Delivery] = []

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Drain until the condition holds."""
        until = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < until, self.deliveries
            self.deliveries.extend(self.feed.drain())
            time.sleep(0.01)

    def totals(self) -> SessionTotals:
        """Return the last totals of the session."""
        updates = [each for each in self.deliveries if isinstance(each, TotalsUpdated)]
        return next((total for update in reversed(updates) for total in update.totals), SessionTotals(CLAUDE))


@contextmanager
def monitoring(path: Path, store: Path, view: PriceBook | None) -> Iterator[Monitor]:
    monitor = Monitor(path, store, view)
    monitor.feed.start()
    try:
        yield monitor
    finally:
        monitor.feed.stop(PATIENCE_S)


def stored(path: Path, session: SessionKey = CLAUDE) -> tuple[SessionTotals, set[int | None]]:
    """Return what a store has of a session: its totals, and the windows of its contexts."""
    with closing(open_store(path)) as store:
        limits = {limit.size for limits in store.history(session).limits.values() for limit in limits}
        return store.totals(session), {*limits, *(summary.limit for summary in store.sessions())}


def read_usually(path: Path, store: Path, turns: int) -> None:
    """Let a feed without other prices read the session to its end."""
    with monitoring(path, store, None) as monitor:
        monitor.wait_for(lambda: monitor.totals().calls == 2 * turns)


@pytest.mark.parametrize("is_read_before", [False, True])
def test_view_has_its_prices_and_windows_and_the_store_the_users_own(tmp_path: Path, is_read_before: bool) -> None:
    path, store, usual = tmp_path / "session.jsonl", tmp_path / "own.db", tmp_path / "usual.db"
    content = claude_lines(6)
    first = content[: content.index(b"prompt 3")].rpartition(b"\n")[0] + b"\n"
    path.write_bytes(first)
    if is_read_before:
        read_usually(path, store, 3)
    with monitoring(path, store, VIEW) as monitor:
        monitor.feed.request_history(CLAUDE)
        monitor.wait_for(lambda: monitor.totals().calls == 6)
        path.write_bytes(content)
        monitor.wait_for(lambda: monitor.totals().calls == 12)
        assert monitor.totals().amount.cost == 0
        assert monitor.totals().amount.unpriced == 0
        monitor.deliveries.clear()
        monitor.feed.request_history(CLAUDE)
        monitor.wait_for(lambda: any(isinstance(each, HistoryLoaded) for each in monitor.deliveries))
        [history] = [each.history for each in monitor.deliveries if isinstance(each, HistoryLoaded)]
        assert {limit.size for limits in history.limits.values() for limit in limits} == {777_777}
    read_usually(path, usual, 6)
    assert stored(store) == stored(usual)
    assert stored(store)[0].amount.cost > 0


def test_screen_gets_the_windows_of_the_view(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(claude_lines(2))
    with monitoring(path, tmp_path / "own.db", VIEW) as monitor:
        monitor.wait_for(lambda: monitor.totals().calls == 4)
        events = [event for each in monitor.deliveries if isinstance(each, EventsRead) for event in each.events]
    assert {limit for event in events if (limit := getattr(event, "limit", None))} == {777_777}


def test_running_monitor_shows_the_totals_again_when_its_store_is_repriced(tmp_path: Path) -> None:
    path, store = tmp_path / "session.jsonl", tmp_path / "own.db"
    path.write_bytes(claude_lines(2))
    with monitoring(path, store, None) as monitor:
        monitor.feed.request_history(CLAUDE)
        monitor.wait_for(lambda: monitor.totals().calls == 4)
        assert monitor.totals().amount.cost > 0
        with closing(open_store(store)) as other:
            other.reprice(EventPricing(VIEW))
        monitor.wait_for(lambda: monitor.totals().amount.cost == 0)
        monitor.wait_for(lambda: any(isinstance(each, Fault) and each.where == "prices" for each in monitor.deliveries))
        path.write_bytes(claude_lines(3))
        monitor.wait_for(lambda: monitor.totals().calls == 6)
    with closing(open_store(store)) as reopened:
        assert reopened.totals(CLAUDE).amount.requests == monitor.totals().amount.requests
