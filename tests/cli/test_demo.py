"""The demo as a source: its session is delivered, and nothing of it stays."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import pytest

from tui_monitor.cli.demo import DemoFeed
from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import EventsRead, TotalsUpdated
from tui_monitor.pricing import Overrides, PriceBook

TIMEOUT_S = 30


def test_session_is_delivered_and_its_files_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    notified = threading.Event()
    feed = DemoFeed(PriceBook(Overrides.from_tables({}, {})), notified.set)
    assert list(tmp_path.iterdir())
    sessions: set[SessionKey] = set()
    requests = 0
    feed.start()
    try:
        while requests < 30 and notified.wait(TIMEOUT_S):
            notified.clear()
            for delivery in feed.drain():
                if isinstance(delivery, EventsRead):
                    sessions |= {event.session for event in delivery.events}
                if isinstance(delivery, TotalsUpdated):
                    requests = sum(total.amount.requests for total in delivery.totals)
    finally:
        feed.stop()
    assert requests >= 30
    assert {session.source for session in sessions} == {"claude-code"}
    assert not list(tmp_path.iterdir())
