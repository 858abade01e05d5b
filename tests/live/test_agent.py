"""The status of an agent: as its source reports it, else as the call ended that started it."""

from itertools import permutations

import pytest

from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tui_monitor.events import AgentStatus, AgentUpdate, CallState, Event, ToolKind
from tui_monitor.live.agent import Agent


def update(at: int, status: AgentStatus | None = None, call: str = "", ended: int | None = None) -> AgentUpdate:
    """An update ``at`` milliseconds after T0."""
    end = None if ended is None else T0 + ended
    return AgentUpdate(session=SESSION, agent="sub", at=T0 + at, call=call, status=status, ended=end)


def agent_after(*events: Event) -> Agent:
    """The one sub-agent of the state after these events."""
    [agent] = state_after(*events).children()
    return agent


def test_agent_without_a_reported_status_ends_with_its_call() -> None:
    agent = agent_after(
        started("task", 0, ToolKind.AGENT),
        AgentUpdate(session=SESSION, agent="acompact", at=T0 + 1, internal=True),
        update(1, call="task"),
        finished("task", 50, CallState.FAILED),
    )
    assert (agent.status, agent.ended) == (AgentStatus.FAILED, T0 + 50)


def test_agent_first_mentioned_after_its_call_goes_on() -> None:
    call = [started("task", 0, ToolKind.AGENT), finished("task", 5)]
    for events in ([*call, update(6, call="task")], [update(6, call="task"), *call]):
        agent = agent_after(*events)
        assert (agent.status, agent.ended) == (None, 0)


def test_agent_reported_as_running_goes_on_after_its_call() -> None:
    agent = agent_after(started("task", 0, ToolKind.AGENT), update(1, AgentStatus.RUNNING, "task"), finished("task", 5))
    assert (agent.status, agent.ended) == (AgentStatus.RUNNING, 0)


def test_latest_status_wins_in_any_order() -> None:
    updates = [
        update(1, AgentStatus.RUNNING),
        update(9, AgentStatus.COMPLETED, ended=8),
        update(9, AgentStatus.RUNNING),
    ]
    for order in permutations(updates):
        agent = agent_after(*order)
        assert (agent.status, agent.ended) == (AgentStatus.COMPLETED, T0 + 8)


def test_agent_that_has_ended_may_begin_anew() -> None:
    agent = agent_after(update(1, AgentStatus.COMPLETED), update(2, AgentStatus.RUNNING))
    assert (agent.status, agent.ended) == (AgentStatus.RUNNING, 0)


@pytest.mark.parametrize("status", [AgentStatus.COMPLETED, AgentStatus.FAILED, AgentStatus.TERMINATED])
def test_end_without_a_time_is_that_of_its_report(status: AgentStatus) -> None:
    assert agent_after(update(7, status)).ended == T0 + 7


def test_agent_does_not_end_with_a_call_that_turns_out_to_start_none() -> None:
    events = [started("task", 0, ToolKind.AGENT, exact=False), update(1, call="task"), finished("task", 5)]
    assert agent_after(*events).status is AgentStatus.COMPLETED
    assert agent_after(*events, started("task", 0, ToolKind.SHELL)).status is None
