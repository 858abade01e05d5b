"""The facts of a session, and the windows of an agent."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.live.events_builder import SESSION, T0
from tui_monitor.events import ContextUpdate, Event, SessionUpdate, Usage
from tui_monitor.merge.context_limits import MAX_MODELS, ContextLimits, LimitReport
from tui_monitor.merge.session_facts import SessionFacts

EVENTS: list[Event] = [
    SessionUpdate(session=SESSION, at=T0 + 2, cwd="/p", title="new"),
    SessionUpdate(session=SESSION, at=T0 + 1, title="older", branch="main"),
    SessionUpdate(session=SESSION, agent="scout", at=T0 + 9, cwd="/elsewhere", client="cli"),
    Usage(session=SESSION, at=T0 + 5, strong_ids=("r",), model="model-a"),
    Usage(session=SESSION, agent="scout", at=T0 + 7, strong_ids=("s",), model="model-b"),
]


def facts_of(*events: Event) -> SessionFacts:
    facts = SessionFacts()
    for event in events:
        facts.apply(event)
    return facts


@pytest.mark.parametrize("order", list(permutations(range(5)))[::7])
def test_facts_of_the_main_chain_win_then_the_later(order: tuple[int, ...]) -> None:
    facts = facts_of(*(EVENTS[index] for index in order))
    assert (facts.cwd, facts.title, facts.branch, facts.client) == ("/p", "new", "main", "cli")
    assert (facts.model, facts.last_response_at) == ("model-a", T0 + 5)
    assert (facts.started, facts.last_at) == (T0 + 1, T0 + 9)


def test_model_of_the_context_counts_too() -> None:
    context = ContextUpdate(session=SESSION, at=T0 + 6, tokens=1, model="model-c")
    assert facts_of(*EVENTS, context).model == facts_of(context, *EVENTS).model == "model-c"


def test_events_without_a_time_do_not_move_the_times() -> None:
    facts = facts_of(SessionUpdate(session=SESSION, cwd="/p"))
    assert (facts.cwd, facts.started, facts.last_at) == ("/p", 0, 0)


@pytest.mark.parametrize("cut", range(6))
def test_facts_merge_those_of_earlier_events(cut: int) -> None:
    later = facts_of(*EVENTS[cut:])
    later.merge_earlier_record(facts_of(*EVENTS[:cut]))
    assert later == facts_of(*EVENTS)


def limits_of(*limits: LimitReport) -> LimitReport | None:
    """The current figure, which is the same in any order."""
    results = set()
    for order in permutations(limits):
        windows = ContextLimits()
        for limit in order:
            windows.add(limit)
        results.add(windows.current())
    (result,) = results
    return result


def test_report_wins_over_a_later_guess_for_the_same_model() -> None:
    report, guess = LimitReport(1, 1_000_000, "seen", "opus"), LimitReport(2, 200_000, "assumed", "opus")
    assert limits_of(report, guess) == report
    assert limits_of(report, guess, LimitReport(3, 500_000, "", "opus")) == LimitReport(3, 500_000, "", "opus")


def test_report_that_names_no_model_holds_for_all() -> None:
    report, guess = LimitReport(1, 1_000_000, "seen", ""), LimitReport(2, 200_000, "price list", "opus")
    assert limits_of(report, guess) == report


def test_other_model_has_another_window() -> None:
    report, guess = LimitReport(1, 1_000_000, "seen", "opus"), LimitReport(2, 200_000, "assumed", "haiku")
    assert limits_of(report, guess) == guess


def test_windows_are_bounded() -> None:
    windows = ContextLimits()
    for number in range(3 * MAX_MODELS):
        windows.add(LimitReport(number, 100, "", f"model {number}"))
    assert len(list(windows)) == 2 * MAX_MODELS
    assert windows.current() == LimitReport(3 * MAX_MODELS - 1, 100, "", f"model {3 * MAX_MODELS - 1}")
    assert not windows.add(LimitReport(0, 100, "", f"model {3 * MAX_MODELS - 1}"))
