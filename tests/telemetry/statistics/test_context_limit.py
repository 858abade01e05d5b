"""Warning levels of a context window."""

from __future__ import annotations

import pytest

from tui_monitor.telemetry import ContextLimit


@pytest.mark.parametrize(
    ("current", "level", "color"),
    [
        (49_999, "OK", "Green"),
        (50_000, "LOW", "LightYellow"),
        (75_000, "MEDIUM", "Yellow"),
        (90_000, "HIGH", "LightRed"),
        (100_000, "CRITICAL", "Red"),
        (130_000, "CRITICAL", "Red"),
    ],
)
def test_warning_levels(current: int, level: str, color: str) -> None:
    context = ContextLimit(current, 100_000)
    assert (context.warning_level(), context.warning_color()) == (level, color)


def test_unknown_limit_has_level_ok() -> None:
    assert (ContextLimit(5, 0).percentage, ContextLimit(5, 0).warning_level()) == (0.0, "OK")
