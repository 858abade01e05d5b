"""The warning that the prompt cache goes cold."""

import pytest

from tests.tui.full_context import full_context
from tests.tui.live_builder import LiveBuilder
from tui_monitor.totals import SessionTotals
from tui_monitor.tui.header.cache_warning import cache_warning
from tui_monitor.tui.header.lines import header_lines
from tui_monitor.tui.header.view import StatusView

LEFT_MS = 240_000
"""What is left to the cache of the made-up session."""


@pytest.fixture(scope="module")
def live() -> LiveBuilder:
    return full_context()


def warning(live: LiveBuilder, later_ms: int) -> str:
    return "".join(span.text for span in cache_warning(live.state, live.now + later_ms))


def test_cache_is_only_mentioned_shortly_before_it_goes_cold(live: LiveBuilder) -> None:
    assert warning(live, LEFT_MS - 90_001) == ""
    assert warning(live, LEFT_MS - 72_000) == "cache cold in 1m12s: +$0.77"
    assert warning(live, LEFT_MS) == ""


def test_cheap_cache_is_not_mentioned() -> None:
    live = full_context()
    totals = live.state.totals
    live.state.totals = SessionTotals(totals.session, requests=totals.requests[:0])
    assert warning(live, LEFT_MS - 9_000) == ""


@pytest.mark.parametrize("width", [110, 120, 160])
def test_wide_header_has_the_warning(live: LiveBuilder, width: int) -> None:
    lines = header_lines(StatusView(live.state, live.now + LEFT_MS - 60_000), width)
    assert "cache cold in 1m00s" in "".join(span.text for span in lines[2])
