"""The demo as a source: the session comes, and nothing of it stays."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import pytest

from tui_monitor.cli.played import PlayedFeed
from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import EventsRead, TotalsUpdated
from tui_monitor.pricing import Overrides, PriceBook

PATIENCE_S = 30


def test_the_session_comes_and_nothing_of_it_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    woken = threading.Event()
    feed = PlayedFeed(PriceBook(Overrides.from_tables({}, {})), woken.set)
    assert list(tmp_path.iterdir())
    told: set[SessionKey] = set()
    requests = 0
    feed.start()
    while requests < 30 and woken.wait(PATIENCE_S):
        woken.clear()
        for delivery in feed.drain():
            if isinstance(delivery, EventsRead):
                told |= {event.session for event in delivery.events}
            if isinstance(delivery, TotalsUpdated):
                requests = sum(total.amount.requests for total in delivery.totals)
    feed.stop()
    assert requests >= 30
    assert {session.source for session in told} == {"claude-code"}
    assert not list(tmp_path.iterdir())
