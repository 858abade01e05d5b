"""A row takes exactly the given cells, and keeps the most important texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.harbour import afternoon
from tests.tui.live_builder import CWD, LiveBuilder
from tests.tui.rows.drawn import context, lines, row, text
from tui_monitor.events import CallState, Measure, ToolKind
from tui_monitor.tui.rows.describe import row_of
from tui_monitor.tui.rows.fold import ListingOptions, list_rows
from tui_monitor.tui.rows.layout import Columns, columns_for, compose, compose_below
from tui_monitor.tui.spans import TextSpan, Tone, width_of

ANY_TEXT = st.text(max_size=80) | st.text("港a/ é́𝒳. \x1b\n", max_size=80)
FILE = f"{CWD}/harbour/services/waiting/slice_builder.py"


@given(
    st.sampled_from(ToolKind),
    st.sampled_from(CallState),
    st.tuples(ANY_TEXT, ANY_TEXT, ANY_TEXT),
    st.integers(0, 130),
    st.booleans(),
)
def test_any_call_fits_exactly_into_any_width(
    kind: ToolKind, state: CallState, texts: tuple[str, str, str], width: int, selected: bool
) -> None:
    tool, subject, words = texts
    live = LiveBuilder()
    call = live.start(tool, kind, subject, note=words)
    live.finish(call, state, seconds=3000, output=words, error=words, measure=Measure(1234, "lines"))
    spans, columns = row(live, call), columns_for(width)
    assert width_of(compose(spans, columns, selected)) == width
    assert width_of(compose_below(spans, columns)) == width


@pytest.mark.parametrize("width", [0, 1, 2, 5, 10, 19, 20, 38, 45, 46, 58, 61, 62, 78, 80, 89, 90, 94, 158])
def test_every_kind_of_row_fits_exactly(width: int) -> None:
    live, columns = afternoon(), columns_for(width)
    agents = frozenset(call.id for call in live.state.log.calls() if call.kind is ToolKind.AGENT)
    for listed in list_rows(live.state, context(live), ListingOptions(unfolded=agents, untimed=not columns.time)):
        assert width_of(compose(row_of(listed, context(live)), columns)) == width


def test_columns_are_dropped_on_narrow_screens() -> None:
    assert columns_for(94) == Columns(94, time=8, tool=6, outcome=21, duration=6, indent=2)
    assert columns_for(84) == Columns(84, time=5, tool=5, outcome=13, duration=5)
    assert columns_for(78) == Columns(78, time=5, tool=5, outcome=12, duration=5)
    assert columns_for(58) == Columns(58, tool=5, outcome=13)
    assert columns_for(38) == Columns(38, outcome=8)
    assert [columns_for(width).target for width in (94, 78, 58, 38, 20)] == [47, 45, 36, 27, 9]


class TestOneCallInEveryWidth:
    """A test run that took a while."""

    def drawn(self, width: int) -> list[str]:
        live = LiveBuilder()
        live.shell("pytest -q tests/services", "210 passed in 6.31s", 1136, measure=Measure(31, "lines"))
        return lines(live, width)

    def test_wide(self) -> None:
        assert self.drawn(94) == [
            "20:18:56 ✓ Bash   pytest -q tests/services                          210 passed in 6.31s 18m56s",
        ]

    def test_medium(self) -> None:
        assert self.drawn(78) == ["20:18 ✓ Bash  pytest -q tests/services                        210 passed   19m"]

    def test_narrow(self) -> None:
        assert self.drawn(58) == ["✓ Bash  pytest -q tests/services             31 lines  19m"]

    def test_very_narrow(self) -> None:
        assert self.drawn(38) == ["✓ pytest -q tests/services      18m56s"]

    def test_very_narrow_and_without_a_target(self) -> None:
        live = LiveBuilder()
        live.finish(live.start("EnterPlanMode", ToolKind.OTHER))
        assert lines(live, 38) == ["✓ EnterPlanMode"]

    def test_narrowest(self) -> None:
        assert self.drawn(20) == ["✓ pytest -q…  18m56s"]
        assert self.drawn(12) == ["✓ pytest -q…"]


def test_cut_path_keeps_the_name() -> None:
    live = LiveBuilder()
    call = live.edit(FILE, 14, 15)
    assert text(row(live, call), 50) == "✓ Edit …ervices/waiting/slice_builder.py +14 −15"
    assert text(row(live, call), 38) == "✓ …s/waiting/slice_builder.py +14 −15"
    assert text(row(live, call), 20) == "✓ …ilder.py +14 −15"


def test_folder_of_a_path_is_dim() -> None:
    live = LiveBuilder()
    spans = compose(row(live, live.edit(f"{CWD}/a/b.py")), columns_for(78))
    assert TextSpan("a/", Tone.DIM) in spans
    assert TextSpan("b.py", Tone.TEXT) in spans


def test_long_command_takes_the_room_beside_its_outcome() -> None:
    live = LiveBuilder()
    live.failed_shell("git add " + "docs/chapter.md " * 9, "no")
    assert lines(live)[0] == "20:00 ✗ Bash  git add docs/chapter.md docs/chapter.md docs/chap…  exit 1"


def test_aside_uses_blank_columns() -> None:
    live = LiveBuilder()
    live.shell("make", "a word and another, and so on, and so on, until the end", 2)
    assert lines(live) == ["20:00 ✓ Bash  make  a word and another, and so on, and so on, until …       2s"]


def test_failure_is_shown_instead_of_the_duration() -> None:
    live = LiveBuilder()
    assert text(row(live, live.failed_shell("git push", "no", 128, seconds=3)), 38) == "✗ git push exit 128"


def test_selected_row_shows_its_tool_without_a_tool_column() -> None:
    live = LiveBuilder()
    spans = row(live, live.shell("make"))
    assert "".join(span.text for span in compose(spans, columns_for(38), selected=True)).startswith("✓ Bash  make")


def test_calls_of_sub_agents_are_indented() -> None:
    live = LiveBuilder()
    agent = live.start("Task", ToolKind.AGENT, "Look")
    live.agent("a-1", agent)
    live.read(FILE, "a-1")
    unfolded = ListingOptions(unfolded=frozenset({agent.id}))
    assert lines(live, 94, unfolded)[1].startswith("20:00:00   · Read   harbour/services")
    assert lines(live, 78, unfolded)[1].startswith("20:00  · Read  harbour/services")


def test_reason_of_a_failure_is_the_second_line() -> None:
    live = LiveBuilder()
    live.failed_shell("make", "Exit code 2\nmake: no rule", 2)
    assert lines(live)[1] == "              ↳ make: no rule"


def test_long_name_of_a_tool_takes_the_room_of_its_target() -> None:
    live = LiveBuilder()
    live.finish(live.start("search_flights", ToolKind.OTHER, "Ebb Bay"))
    live.finish(live.start("todo", ToolKind.OTHER, "rope"))
    assert [line[9:].split("  ") for line in lines(live, 94)] == [["✓ search_flights", "Ebb Bay"], ["✓ Todo", " rope"]]
