"""A home and a data folder for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.telemetry.conftest import stream

__all__ = ["stream"]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the data folder."""
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "TUI_MONITOR_STREAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home" / "data"))
    monkeypatch.setenv("TUI_MONITOR_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"
