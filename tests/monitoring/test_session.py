"""Snapshots of a session for a program."""

from __future__ import annotations

import logging
from pathlib import Path
from queue import Queue

import pytest

from tui_monitor import SessionMonitor, configure, monitor_session, record_context, record_usage
from tui_monitor.telemetry import session
from tui_monitor.totals import SessionSummary

PATIENCE_S = 30.0


@pytest.fixture
def snapshots(data: Path, stream: Path) -> Queue[SessionSummary]:
    """Return a queue for the snapshots. Agents record into a folder that is searched."""
    configure(stream=data / "streams" / "anything.jsonl")
    return Queue()


def test_snapshots_are_delivered_until_stopped(snapshots: Queue[SessionSummary]) -> None:
    with session("harbour"):
        record_usage("gpt-4o", 1000, 500)
        stop = monitor_session("harbour", snapshots.put, interval=0.01)
        first = snapshots.get(timeout=PATIENCE_S)
        assert (first.session.id, first.model, first.totals.amount.total_tokens) == ("harbour", "gpt-4o", 1500)
        assert first.totals.amount.cost == 1000 * 2_500_000 + 500 * 10_000_000
        record_usage("gpt-4o", 10, 5)
        record_context(1010, 128_000)
        while (latest := snapshots.get(timeout=PATIENCE_S)).context is None:
            assert latest.totals.amount.requests in (1, 2)
        assert latest.totals.amount.total_tokens == 1515
    stop()
    calls = snapshots.qsize()
    stop()
    assert snapshots.qsize() == calls


def test_session_may_start_after_its_monitor(snapshots: Queue[SessionSummary]) -> None:
    with monitor_session("harbour", snapshots.put, interval=0.01):
        with session("other"):
            record_usage("gpt-4o", 1, 1)
        with session("harbour"):
            record_usage("gpt-4o", 10, 5)
        assert snapshots.get(timeout=PATIENCE_S).session.id == "harbour"


def test_failing_callback_is_called_again(snapshots: Queue[SessionSummary], caplog: pytest.LogCaptureFixture) -> None:
    def failing(snapshot: SessionSummary) -> None:
        snapshots.put(snapshot)
        raise RuntimeError("no")

    with session("harbour"):
        record_usage("gpt-4o", 10, 5)
    with caplog.at_level(logging.ERROR), monitor_session("harbour", failing, interval=0.01):
        for _ in range(2):
            snapshots.get(timeout=PATIENCE_S)
    assert "a snapshot of session harbour was lost" in caplog.text


def test_callback_may_stop_the_monitor(snapshots: Queue[SessionSummary]) -> None:
    stops: Queue[SessionMonitor] = Queue()

    def stop_after(snapshot: SessionSummary) -> None:
        snapshots.put(snapshot)
        stops.get(timeout=PATIENCE_S)()

    with session("harbour"):
        record_usage("gpt-4o", 10, 5)
    stop = monitor_session("harbour", stop_after, interval=0.01)
    stops.put(stop)
    snapshots.get(timeout=PATIENCE_S)
    stop()
    assert snapshots.empty()


@pytest.mark.parametrize(("name", "interval"), [("", 1.0), ("harbour", 0.0), ("harbour", float("nan"))])
def test_invalid_arguments_are_refused(name: str, interval: float) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        monitor_session(name, print, interval)
