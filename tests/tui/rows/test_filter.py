"""The filter language, in which no filter is invalid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.live_builder import CWD, LiveBuilder
from tests.tui.rows.drawn import lines
from tui_monitor.events import CallState, RetryUpdate, ToolKind, Turn, TurnUpdate
from tui_monitor.tui.rows.filter import parse, toggled
from tui_monitor.tui.rows.fold import ListingOptions


def busy() -> LiveBuilder:
    live = LiveBuilder()
    live.prompt("Fix the Tides")
    live.shell("make check", "lint ok\nall tides fine")
    live.failed_shell("make test", "1 failed in 2s")
    live.shell("pytest", "FAIL: x")
    live.edit(f"{CWD}/views/tides.py")
    live.read(f"{CWD}/views/clock.py")
    live.finish(live.start("TodoWrite", ToolKind.TODO, "3 of 7"))
    agent = live.start("Task", ToolKind.AGENT, "Look", note="Explore")
    live.agent("a-1", agent, type="Explore", description="Look around")
    live.grep("utc", "a-1")
    live.finish(live.start("Bash", ToolKind.SHELL, "rm -rf x"), CallState.REJECTED)
    live.apply(TurnUpdate(session=live.state.key, at=live.now, turn=Turn.INTERRUPTED))
    live.apply(RetryUpdate(session=live.state.key, at=live.now, reason="given up"))
    live.wait(1)
    live.start("WebFetch", ToolKind.WEB, "weather")
    return live


@pytest.mark.parametrize(
    ("query", "targets"),
    [
        ("tides", ["Fix the Tides", "make check", "views/tides.py"]),
        ("MAKE", ["make check", "make test"]),
        ("make -check", ["make test"]),
        ('"make t"', ["make test"]),
        ("tool:bash", ["make check", "make test", "pytest", "rm -rf x"]),
        ("tool:web", ["weather"]),
        ("tool:edit", ["views/tides.py"]),
        ("TOOL:Edit", ["views/tides.py"]),
        ("file:views/", ["views/tides.py", "views/clock.py"]),
        ("-file:clock tool:read", []),
        ("agent:explore", ['"utc"']),
        ("agent:main tool:grep", []),
        ("is:error", ["make test", "pytest", "API error"]),
        ("is:rejected", ["rm -rf x", "interrupted by you"]),
        ("is:change", ["views/tides.py"]),
        ("is:running", ["weather"]),
        ("tool:todo", ["3 of 7"]),
        ("-tool:todo -is:error tool:bash", ["make check", "rm -rf x"]),
        ("is:nonsense", []),
        ("nothing-like-it", []),
    ],
)
def test_matches_of_a_filter(query: str, targets: list[str]) -> None:
    drawn = lines(busy(), 78, ListingOptions(parse(query, {"a-1": "Explore Look around"})))
    visible_rows = [line for line in drawn if "↳" not in line]
    assert len(visible_rows) == len(targets)
    assert all(target in line for target, line in zip(targets, visible_rows, strict=True))


@pytest.mark.parametrize("query", ["", " ", "-", "tool:", "is:", '"', '-""', "tool: -is:"])
def test_unfinished_conditions_are_ignored(query: str) -> None:
    assert parse(query).terms == ()


@given(st.text() | st.text('-: "toolfieags', max_size=30))
def test_no_filter_is_invalid(query: str) -> None:
    live = busy()
    expected = parse(query)
    for entry in (*live.state.log.entries, *live.state.log.open):
        expected.matches(entry)


def test_conditions_can_be_toggled() -> None:
    assert toggled("make", "is:error") == "make is:error"
    assert toggled("make is:error", "is:error") == "make"
    assert toggled("", "is:error") == "is:error"
    assert toggled("is:error", "is:error") == ""


def test_calls_of_internal_agents_never_match() -> None:
    live = LiveBuilder()
    live.agent("aside", live.start("Task", ToolKind.AGENT, "x"), internal=True)
    live.read(f"{CWD}/secret.py", "aside")
    assert lines(live, 78, ListingOptions(parse("secret"))) == []
