"""One frame of the screen as plain text, at any width."""

from __future__ import annotations

from datetime import UTC

import pytest
from rich.cells import cell_len

from tests.tui.harbour import afternoon
from tests.tui.live_builder import LiveBuilder
from tui_monitor.cli.frame import NO_ROWS, frame_lines
from tui_monitor.ledger import Amount
from tui_monitor.totals import FileTotal, ModelTotal, SessionTotals
from tui_monitor.tui.header.view import StatusView


@pytest.fixture(scope="module")
def live() -> LiveBuilder:
    """A session at whose end a question is open."""
    live = afternoon()
    amount = Amount(requests=40, input=120, output=4_000, cache_read=900_000, cost=1_230_000_000_000)
    models = (ModelTotal("claude-opus-4-6", "anthropic", amount),)
    files = tuple(FileTotal(f"/home/ada/harbour/file_{number}.py", 1, 2, 1) for number in range(14))
    live.state.totals = SessionTotals(live.state.key, amount, 30, 2, 1, 14, 28, 14, models=models, files=files)
    return live


def frame(live: LiveBuilder, width: int, rows: int = 20, fault: str = "") -> list[str]:
    """The frame of a session."""
    return frame_lines(StatusView(live.state, live.now, tz=UTC), width, rows, fault=fault)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 160])
def test_no_line_is_wider_than_the_screen_or_ends_in_a_space(live: LiveBuilder, width: int) -> None:
    lines = frame(live, width)
    assert max(map(cell_len, lines)) <= width
    assert not any(line.endswith(" ") for line in lines)


def test_frame_has_state_money_activity_models_and_files(live: LiveBuilder) -> None:
    text = "\n".join(frame(live, 100))
    for part in (
        "WAITS FOR YOU",
        "$1.23",
        "Push to origin as well?",
        "claude-opus-4-6",
        "file_3.py",
        "and 5 more files",
    ):
        assert part in text


def test_only_the_newest_rows_are_listed(live: LiveBuilder) -> None:
    lines = frame(live, 100, rows=3)
    start = next(index for index, line in enumerate(lines) if "Activity" in line)
    assert "Models" in lines[start + 4]
    assert "Push to origin as well?" in lines[start + 3]


def test_failed_row_keeps_its_reason(live: LiveBuilder) -> None:
    lines = frame(live, 100, rows=100)
    failed = next(index for index, line in enumerate(lines) if "✗ Bash" in line)
    assert "↳" in lines[failed + 1]


def test_fault_has_a_line(live: LiveBuilder) -> None:
    assert any("the store is full" in line for line in frame(live, 80, fault="the store is full"))


def test_session_without_rows_says_so() -> None:
    assert NO_ROWS in frame(LiveBuilder(), 80)
