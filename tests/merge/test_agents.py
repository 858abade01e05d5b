"""The record of an agent: facts, model, status and times, whatever the order of reading."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from tests.live.events_builder import SESSION, T0
from tui_monitor.events import AgentStatus, AgentUpdate, ContextUpdate, Event, Prompt, Turn, TurnUpdate, Usage
from tui_monitor.merge.agents import MergedAgent


def update(at: int, status: AgentStatus | None = None, **fields: Any) -> AgentUpdate:
    """An update ``at`` milliseconds after T0."""
    return AgentUpdate(session=SESSION, agent="sub", at=T0 + at, status=status, **fields)


def record_of(*events: Event) -> MergedAgent:
    record = MergedAgent()
    for event in events:
        record.apply(event)
    return record


def record_in_any_order(*events: Event) -> MergedAgent:
    """The record of these events, which is the same in any order but for the beginning of its runs."""
    records = (record_of(*order) for order in permutations(events))
    first, *others = (replace(record, run_started=0, has_restarted=False) for record in records)
    assert all(other == first for other in others)
    return first


def test_later_facts_win_and_empty_ones_leave_the_existing_ones() -> None:
    record = record_in_any_order(
        update(1, type="scout", parent="", description="older"),
        update(3, description="new"),
        update(2, type="reviewer"),
    )
    assert (record.type, record.parent, record.description) == ("reviewer", "", "new")


def test_model_is_that_of_the_last_response_else_the_declared_one() -> None:
    declared = update(9, model="haiku")
    assert record_of(declared).model == "haiku"
    usage = Usage(session=SESSION, agent="sub", at=T0 + 2, strong_ids=("r",), model="haiku-4-5")
    context = ContextUpdate(session=SESSION, agent="sub", at=T0 + 1, tokens=5, model="haiku-4")
    assert record_in_any_order(declared, usage, context).model == "haiku-4-5"


def test_later_status_wins_and_of_two_at_once_the_end() -> None:
    record = record_in_any_order(
        update(1, AgentStatus.RUNNING), update(9, AgentStatus.COMPLETED, ended=T0 + 8), update(9, AgentStatus.STARTING)
    )
    assert (record.reported_status, record.ended_at) == (AgentStatus.COMPLETED, T0 + 8)


def test_end_without_a_time_is_that_of_its_report() -> None:
    assert record_of(update(7, AgentStatus.FAILED)).ended_at == T0 + 7


def test_end_reported_without_a_status_counts_until_it_runs_again() -> None:
    assert record_of(update(1, AgentStatus.RUNNING), update(5, ended=T0 + 4)).ended_at == T0 + 4
    assert record_of(update(5, ended=T0 + 4), update(6, AgentStatus.RUNNING)).ended_at == 0


def test_agent_that_ended_may_begin_anew() -> None:
    record = record_of(update(0), update(1, AgentStatus.COMPLETED, ended=T0 + 1), update(5, AgentStatus.RUNNING))
    assert (record.has_ended, record.ended_at, record.started) == (False, 0, T0 + 5)
    record.apply(update(9, AgentStatus.COMPLETED))
    assert (record.ended_at, record.started) == (T0 + 9, T0 + 5)


def test_start_is_the_declared_one_else_that_of_the_first_event() -> None:
    assert record_of(update(5), update(3)).started == T0 + 3
    assert record_of(update(5), update(3, started=T0 + 1)).started == T0 + 1


def test_prompts_and_the_end_of_the_session_are_the_main_chains_status() -> None:
    prompt, end = Prompt(session=SESSION, at=T0 + 1, text="go"), TurnUpdate(session=SESSION, at=T0 + 9, turn=Turn.DONE)
    assert record_in_any_order(prompt, end).reported_status is AgentStatus.RUNNING
    over = TurnUpdate(session=SESSION, at=T0 + 10, turn=Turn.SESSION_ENDED)
    assert record_in_any_order(prompt, end, over).ended_at == T0 + 10


@pytest.mark.parametrize("cut", range(6))
def test_record_merges_that_of_earlier_events(cut: int) -> None:
    events = [
        update(1, AgentStatus.RUNNING, type="scout", call="c1"),
        update(4, AgentStatus.COMPLETED, ended=T0 + 3),
        Usage(session=SESSION, agent="sub", at=T0 + 5, strong_ids=("r",), model="m"),
        update(6, AgentStatus.RUNNING, description="again", internal=True),
        update(2, call="c0", type="older"),
    ]
    later = record_of(*events[cut:])
    later.merge_earlier_record(record_of(*events[:cut]))
    assert later == record_of(*events)
