from __future__ import annotations

import json

from tui_monitor.sources.shared.open_calls import MAX_ANSWERED, OpenCalls


def test_answer_returns_the_open_call_once() -> None:
    calls = OpenCalls[str]()
    assert calls.add("c1", "ls")
    assert calls.get("c1") == "ls"
    assert (calls.answer("c1"), calls.answer("c1"), calls.get("c1")) == ("ls", None, None)


def test_answered_call_is_not_opened_again() -> None:
    calls = OpenCalls[str]()
    assert calls.answer("c1") is None
    assert not calls.add("c1", "ls")
    assert list(calls.items()) == []


def test_provisional_answer_is_not_final() -> None:
    calls = OpenCalls[str]()
    calls.answer("c1", final=False)
    assert (calls.is_answered("c1"), calls.is_final("c1")) == (True, False)
    calls.answer("c1")
    assert calls.is_final("c1")


def test_discarded_call_can_be_opened_again() -> None:
    calls = OpenCalls[str]({"c1": "ls"})
    calls.discard("c1")
    assert calls.get("c1") is None
    assert calls.add("c1", "ls")


def test_oldest_calls_and_answers_are_dropped() -> None:
    calls = OpenCalls[int](max_open=2)
    for number in range(MAX_ANSWERED + 1):
        calls.answer(f"a{number}")
    for number in range(3):
        calls.add(f"c{number}", number)
    assert list(calls.items()) == [("c1", 1), ("c2", 2)]
    assert (calls.is_answered("a0"), calls.is_answered("a1")) == (False, True)


def test_calls_can_be_answered_while_they_are_iterated() -> None:
    calls = OpenCalls[str]({"c1": "ls", "c2": "pwd"})
    assert [calls.answer(call_id) for call_id, _ in calls.items()] == ["ls", "pwd"]


def test_state_restores_open_and_answered_calls() -> None:
    calls = OpenCalls[str]({"c1": "ls", "c2": "pwd"})
    calls.answer("c2", final=False)
    state = json.loads(json.dumps(calls.state()))
    restored = OpenCalls[str](state["open"], state["answered"])
    assert restored.state() == calls.state() == {"open": {"c1": "ls"}, "answered": {"c2": False}}
