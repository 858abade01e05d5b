"""Feeds that wait for nothing: hundreds of them are started here."""

from __future__ import annotations

import pytest

from tui_monitor.feed import writer


@pytest.fixture(autouse=True)
def no_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the writer store the first batch at once, and look at an idle store ten times a second."""
    monkeypatch.setattr(writer, "FIRST_DELAY_S", 0.0)
    monkeypatch.setattr(writer, "IDLE_S", 0.1)
