"""Requests for changes of agents' settings."""

from __future__ import annotations

from pathlib import Path

from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.settings import SettingsRequest, TelemetryTarget

RECEIVER = TelemetryTarget("http://127.0.0.1:4318", "a-token")
PROGRAM = "/opt/bin/tui-monitor"


def request(home: Path, *, telemetry: bool = False, undo: bool = False) -> SettingsRequest:
    """Return a request of the user with this home."""
    context = SearchContext(home, {}, home)
    receiver = RECEIVER if telemetry or undo else None
    return SettingsRequest(context, PROGRAM, home / "data" / "recordings", receiver, undo=undo)


def write(path: Path, content: str) -> None:
    """Write a settings file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
