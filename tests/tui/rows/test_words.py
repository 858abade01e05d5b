"""The agent's words among the rows: the last ones of each turn, or all of them."""

from __future__ import annotations

from datetime import UTC

import pytest

from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import AgentMessage, ToolKind, Turn, TurnUpdate
from tui_monitor.live.entries import Mark, MarkKind
from tui_monitor.tui.rows.context import row_context
from tui_monitor.tui.rows.filter import parse
from tui_monitor.tui.rows.fold import ListingOptions, list_rows, listing_key
from tui_monitor.tui.rows.items import LogItem

LAST = ListingOptions()


@pytest.fixture
def live() -> LiveBuilder:
    return LiveBuilder()


def says(live: LiveBuilder, text: str, final_after_ms: int | None = None, *, thinking: bool = False) -> None:
    live.wait(1)
    message = AgentMessage(
        session=live.state.key, at=live.now, text=text, final_after_ms=final_after_ms, thinking=thinking
    )
    live.apply(message)


def ends(live: LiveBuilder) -> None:
    live.apply(TurnUpdate(session=live.state.key, at=live.now, turn=Turn.DONE))


def words(live: LiveBuilder, options: ListingOptions = LAST) -> list[str]:
    rows = list_rows(live.state, row_context(live.state, live.now, UTC), options)
    entries = [entry for row in rows if isinstance(row, LogItem) for entry in row.entries]
    return [entry.text for entry in entries if isinstance(entry, Mark) and entry.kind is MarkKind.SAID]


def test_only_the_last_words_of_a_turn_are_listed(live: LiveBuilder) -> None:
    live.prompt("Mend the crane")
    says(live, "I look at it")
    live.shell("ls")
    says(live, "It is mended")
    live.prompt("Thanks")
    assert words(live) == ["It is mended"]
    assert words(live, ListingOptions(words=True)) == ["I look at it", "It is mended"]


def test_words_during_work_appear_once_their_turn_has_ended(live: LiveBuilder) -> None:
    says(live, "It is mended")
    before = listing_key(live.state, row_context(live.state, live.now, UTC))
    assert words(live) == []
    ends(live)
    assert words(live) == ["It is mended"]
    assert listing_key(live.state, row_context(live.state, live.now, UTC)) != before


def test_words_after_which_the_agent_stays_silent_are_its_last(live: LiveBuilder) -> None:
    says(live, "Done", final_after_ms=20_000)
    assert words(live) == []
    live.wait(20)
    assert words(live) == ["Done"]


def test_words_before_a_running_command_are_not_the_last(live: LiveBuilder) -> None:
    says(live, "Now the tests", final_after_ms=1)
    live.start("Bash", ToolKind.SHELL, "make test")
    live.wait(60)
    assert words(live) == []


def test_words_before_a_question_are_listed(live: LiveBuilder) -> None:
    says(live, "There are two ways")
    live.start("AskUserQuestion", ToolKind.ASK, "Which?")
    assert words(live) == ["There are two ways"]


def test_calls_of_a_sub_agent_leave_the_last_words_in_place(live: LiveBuilder) -> None:
    says(live, "Started one")
    live.agent("a1", live.finish(live.start("Task", ToolKind.AGENT, "look")), internal=False)
    says(live, "All is done")
    live.read("quay.py", agent="a1")
    ends(live)
    assert words(live) == ["All is done"]


def test_words_neither_split_runs_nor_are_thoughts_listed(live: LiveBuilder) -> None:
    live.read("a.py")
    says(live, "and")
    says(live, "hm", thinking=True)
    live.read("b.py")
    rows = list_rows(live.state, row_context(live.state, live.now, UTC), ListingOptions())
    assert [len(row.entries) for row in rows if isinstance(row, LogItem)] == [2]


def test_words_that_were_recorded_again_are_listed_once(live: LiveBuilder) -> None:
    says(live, "It is")
    live.apply(AgentMessage(session=live.state.key, at=live.now, text="It is mended"))
    assert words(live, ListingOptions(words=True)) == ["It is mended"]


def test_filter_finds_all_words(live: LiveBuilder) -> None:
    says(live, "the crane is rusty")
    live.shell("ls")
    assert words(live, ListingOptions(parse("rusty"))) == ["the crane is rusty"]
