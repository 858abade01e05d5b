"""Isolation of tests: each records to its own folder, with its own process-wide state."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_monitor.telemetry.recorder import event_lines, problems, settings, streams
from tui_monitor.telemetry.recorder.scope import process_scope
from tui_monitor.telemetry.recorder.settings import Settings
from tui_monitor.telemetry.recorder.streams import StreamWriter
from tui_monitor.telemetry.statistics import decorators, persistent
from tui_monitor.telemetry.statistics.collector import MetricsCollector
from tui_monitor.telemetry.statistics.persistent import PersistentTelemetry


@pytest.fixture(autouse=True)
def stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The path of the stream that this test records to."""
    monkeypatch.setenv("TUI_MONITOR_CONFIG", os.devnull)
    path = tmp_path / "data" / "run.jsonl"
    fresh = StreamWriter()
    monkeypatch.setattr(settings, "_current", Settings(streams=tmp_path / "data" / "streams", stream=path))
    monkeypatch.setattr(event_lines, "STREAMS", fresh)
    monkeypatch.setattr(streams, "STREAMS", fresh)
    monkeypatch.setattr(event_lines, "_announced", {process_scope().session_id: 0})
    decorators.get_collector().clear()
    problems.clear_problems()
    monkeypatch.setattr(persistent, "PERSISTENT_TELEMETRY", PersistentTelemetry())
    yield path
    fresh.close()


@pytest.fixture
def collector() -> MetricsCollector:
    """The collector of the process."""
    return decorators.get_collector()
