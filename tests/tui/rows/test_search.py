"""Marks on the words that were searched for, and completions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.rows.test_filter import busy
from tui_monitor.tui.rows.filter import parse, problem_of
from tui_monitor.tui.rows.search import completion, mark_words, values_of
from tui_monitor.tui.spans import TextSpan, Tone

VALUES = {"is": ("error", "change"), "tool": ("bash", "edit", "webfetch"), "file": ("tides.py",), "agent": ()}


@pytest.mark.parametrize(
    ("query", "completed"),
    [
        ("to", "tool:"),
        ("make to", "make tool:"),
        ("-to", "-tool:"),
        ("is:", "is:error"),
        ("is:c", "is:change"),
        ("TOOL:We", "TOOL:Webfetch"),
        ("x -tool:ed", "x -tool:edit"),
        ("file:ti", "file:tides.py"),
        ("tool:bash", None),
        ("agent:x", None),
        ("words", None),
        ("make ", None),
        ("", None),
    ],
)
def test_last_word_is_completed(query: str, completed: str | None) -> None:
    assert completion(query, VALUES) == completed


def test_values_are_those_of_the_session() -> None:
    values = values_of(busy().state)
    assert "bash" in values["tool"]
    assert "webfetch" in values["tool"]
    assert "clock.py" in values["file"]
    assert values["agent"] == ("main", "explore")


@pytest.mark.parametrize("state", ["error", "change", "rejected", "running"])
def test_a_state_that_exists_is_no_problem(state: str) -> None:
    assert problem_of(f"make is:{state}") == problem_of("is:") == problem_of("island") == ""
    assert f"is:{state}" in problem_of(f"is:no{state}")


def test_words_are_marked_whatever_their_case() -> None:
    spans = mark_words((TextSpan("Make make", Tone.DIM), TextSpan(" it")), ("make",))
    assert [(span.text, span.tone) for span in spans] == [
        ("Make", Tone.HIT),
        (" ", Tone.DIM),
        ("make", Tone.HIT),
        (" it", Tone.TEXT),
    ]


def test_negated_words_and_states_are_not_marked() -> None:
    assert parse("make -check is:error tool:bash").words == ("make", "bash")


@given(st.lists(st.text(max_size=9), max_size=4), st.lists(st.text(min_size=1, max_size=3), max_size=3))
def test_marks_leave_the_text_as_it_is(texts: list[str], words: list[str]) -> None:
    marked = mark_words(tuple(TextSpan(text) for text in texts), [word.lower() for word in words])
    assert "".join(span.text for span in marked) == "".join(texts)
