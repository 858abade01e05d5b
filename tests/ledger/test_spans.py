"""The spans of a trace: what several of them describe."""

from __future__ import annotations

from tui_monitor.events import Tokens
from tui_monitor.ledger import Trace, TracedSpan


def response(parent: str = "", start: int = 0, end: int = 1, prompt: int = 100) -> TracedSpan:
    return TracedSpan(parent, start, end, Tokens(input=prompt, output=5))


def agent(parent: str = "", start: int = 0, end: int = 9, prompt: int = 100) -> TracedSpan:
    return TracedSpan(parent, start, end, Tokens(input=prompt, output=5), is_sum=True)


def step(parent: str = "") -> TracedSpan:
    return TracedSpan(parent)


def added(spans: dict[str, TracedSpan]) -> dict[str, int]:
    """Return the input that each agent adds."""
    return {name: tokens.input for name, tokens in Trace(spans).remaining_sums()}


def test_responses_of_equal_counts_are_the_same_if_one_is_inside_the_other() -> None:
    spans = {"a": response(), "b": step("a"), "c": response("b"), "d": response(), "e": response("a", prompt=7)}
    assert list(Trace(spans).same_responses()) == [("a", "c")]


def test_equal_responses_beside_each_other_are_two() -> None:
    spans = {"a": agent(), "b": response("a", 1, 3), "c": response("a", 2, 3)}
    assert list(Trace(spans).same_responses()) == []


def test_agent_around_a_response_adds_nothing() -> None:
    assert added({"a": agent(), "b": step("a"), "c": response("b")}) == {"a": 0}


def test_agent_adds_what_the_agents_directly_inside_it_leave() -> None:
    spans = {"a": agent(prompt=90), "b": agent("a", prompt=50), "c": agent("b", prompt=20), "d": agent("a", prompt=60)}
    assert added(spans) == {"a": 0, "b": 30, "c": 20, "d": 60}


def test_agent_beside_a_response_adds_all() -> None:
    spans = {
        "root": step(),
        "a": agent("root"),
        "b": response("root", 2, 3),
        "c": step("root"),
        "d": response("c", 4, 5),
    }
    assert added(spans) == {"a": 100}


def test_span_that_lost_the_one_around_it_is_inside_the_root_and_what_lasted_longer() -> None:
    spans = {"a": agent(), "b": agent("a", 0, 4), "c": agent("a", 5, 9), "d": response("lost", 6, 7)}
    assert added(spans) == {"a": 0, "b": 100, "c": 0}


def test_span_beside_one_inside_the_same_lost_one_is_not_inside_it() -> None:
    assert added({"a": agent("lost", prompt=70), "b": agent("lost", 2, 3, prompt=20)}) == {"a": 70, "b": 20}
    assert added({"a": agent("lost", prompt=70), "b": agent("other", 2, 3, prompt=20)}) == {"a": 50, "b": 20}


def test_spans_around_each_other_end() -> None:
    assert added({"a": agent("b"), "b": agent("a"), "c": response("a")}) == {"a": 0, "b": 0}
