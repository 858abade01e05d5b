"""The pane of the context: what fills it, its price, what is missing, its compactions, its cache."""

import pytest

from tests.tui.full_context import full_context
from tests.tui.live_builder import SESSION, LiveBuilder
from tests.tui.pane_text import pane_text
from tui_monitor.events import ContextUpdate
from tui_monitor.live.context import Context
from tui_monitor.totals import SessionTotals
from tui_monitor.tui.panes.content import CallTarget, FileTarget, FilterTarget, PaneContext
from tui_monitor.tui.panes.context import context_content
from tui_monitor.tui.panes.context_plot import context_plot
from tui_monitor.tui.spans import Tone, width_of


@pytest.fixture(scope="module")
def live() -> LiveBuilder:
    return full_context()


@pytest.fixture(scope="module")
def lines(live: LiveBuilder) -> list[str]:
    return pane_text("Context", live.state, live.now, 90)


def line(lines: list[str], beginning: str) -> str:
    return next(line for line in lines if line.startswith(beginning))


def test_head_says_how_full_and_what_a_cold_cache_costs(lines: list[str]) -> None:
    assert lines[0].startswith("67 % LOW · 134k/200k assumed · 34k to compaction")
    assert lines[2] == "cache 134k · cold in 4m00s (lasts 5m) · a miss adds $0.77"


def test_parts_have_their_tokens_share_prices_and_uses(lines: list[str]) -> None:
    assert line(lines, "MCP servers (2)").split()[-5:] == ["~10k", "7", "%", "$0.0050", "$0.06"]
    assert line(lines, "  linear").endswith("2×")
    assert line(lines, "  github").endswith("never used")
    assert line(lines, "  CLAUDE.md").split()[1] == "~1.3k"
    assert line(lines, "start  prompt and tools").split()[-5] == "~5.2k"


def test_servers_that_are_missing_are_named(lines: list[str]) -> None:
    assert line(lines, "✗ postgres").endswith("failed")
    assert line(lines, "◌ slack").endswith("pending")


def test_compaction_says_what_its_summary_lacks_and_what_was_read_again(lines: list[str]) -> None:
    assert "168k → 36k · auto · 1m27s" in line(lines, "compacted")
    files = line(lines, "names 2 of 4 files")
    assert "harbour/zones.py" in files
    assert files.endswith("2 gone")
    assert line(lines, "names 0 of 1 prompt").endswith("1 gone")
    assert line(lines, "read again: 1 file").endswith("~4k · $0.03")


def test_misses_of_the_cache_have_cause_price_and_time(lines: list[str]) -> None:
    misses = lines[next(n for n, text in enumerate(lines) if text.startswith("cache misses")) + 1 :]
    assert [miss.split("  ")[0] for miss in misses] == ["compaction", "model switched", "expired after 22m00s"]
    assert misses[-1].split()[-3:] == ["96k", "$0.55", "19:38"]


def test_rows_lead_to_calls_files_and_filters(live: LiveBuilder) -> None:
    rows = [row for section in context_content(PaneContext(live.state, live.now, 90)) for row in section.rows]
    targets = [row.target for row in rows if row.target]
    assert FilterTarget("tool:linear·") in targets
    assert FileTarget("/home/ada/.agent/notes.md") in targets
    assert any(isinstance(target, CallTarget) for target in targets)
    keys = [row.key for row in rows if row.key is not None]
    assert len(keys) == len(set(keys))


def test_unused_server_is_not_said_where_older_calls_are_not_here(live: LiveBuilder) -> None:
    totals = live.state.totals
    live.state.totals = SessionTotals(totals.session, calls=999)
    try:
        assert line(pane_text("Context", live.state, live.now, 90), "  github").endswith("not lately")
    finally:
        live.state.totals = totals


def test_context_before_the_first_response() -> None:
    lines = pane_text("Context", LiveBuilder().state, 0, 60)
    assert lines[-1] == "Known with the first response."


@pytest.mark.parametrize("width", [20, 38, 60, 90, 160])
def test_no_line_exceeds_the_width(live: LiveBuilder, width: int) -> None:
    assert all(len(text) <= width for text in pane_text("Context", live.state, live.now, width))


def filled(*fills: int | None) -> Context:
    context = Context()
    for at, tokens in enumerate(fills):
        context.apply(ContextUpdate(session=SESSION, at=at + 1, tokens=tokens))
    return context


def drawn(context: Context, threshold: int | None, width: int) -> list[str]:
    return ["".join(span.text for span in line) for line in context_plot(context, threshold, width, Tone.OK)]


def test_plot_has_a_column_for_each_request_and_a_line_at_the_threshold() -> None:
    context = filled(25, 50, 75, 100)
    assert drawn(context, 100, 30) == ["   100 ───█", "         ██", "        ███", "     0 ████"]


def test_plot_of_many_requests_has_the_fullest_of_each_column() -> None:
    plot = context_plot(filled(*range(1, 401)), None, 47, Tone.OK)
    assert {width_of(line) for line in plot} == {47}


def test_plot_needs_two_requests_and_room() -> None:
    assert not drawn(filled(9), 100, 60)
    assert not drawn(filled(9, 10), 100, 20)


def test_threshold_far_above_is_left_out() -> None:
    assert drawn(filled(5, 10), 1000, 30)[0].startswith("    10 ")
