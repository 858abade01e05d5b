"""What has become of an agent: as its source tells, else as the call ended that started it."""

from itertools import permutations

import pytest

from tests.live.events_builder import SESSION, T0, finished, started, state_after
from tui_monitor.events import AgentStatus, AgentUpdate, CallState, Event, ToolKind
from tui_monitor.live.agent import Agent


def seen(at: int, status: AgentStatus | None = None, call: str = "", ended: int | None = None) -> AgentUpdate:
    """Something is told of the agent ``at`` milliseconds after T0."""
    over = None if ended is None else T0 + ended
    return AgentUpdate(session=SESSION, agent="sub", at=T0 + at, call=call, status=status, ended=over)


def agent_after(*events: Event) -> Agent:
    """The one sub-agent to which all this happened."""
    [agent] = state_after(*events).children()
    return agent


def test_an_agent_of_which_nothing_is_told_ends_with_its_call() -> None:
    agent = agent_after(
        started("task", 0, ToolKind.AGENT),
        AgentUpdate(session=SESSION, agent="acompact", at=T0 + 1, internal=True),
        seen(1, call="task"),
        finished("task", 50, CallState.FAILED),
    )
    assert (agent.status, agent.ended) == (AgentStatus.FAILED, T0 + 50)


def test_an_agent_that_is_told_of_after_its_call_goes_on() -> None:
    call = [started("task", 0, ToolKind.AGENT), finished("task", 5)]
    for events in ([*call, seen(6, call="task")], [seen(6, call="task"), *call]):
        agent = agent_after(*events)
        assert (agent.status, agent.ended) == (None, 0)


def test_an_agent_of_which_is_told_that_it_runs_goes_on_after_its_call() -> None:
    agent = agent_after(started("task", 0, ToolKind.AGENT), seen(1, AgentStatus.RUNNING, "task"), finished("task", 5))
    assert (agent.status, agent.ended) == (AgentStatus.RUNNING, 0)


def test_the_latest_status_stands_in_whatever_order_it_is_told() -> None:
    tellings = [
        seen(1, AgentStatus.RUNNING),
        seen(9, AgentStatus.COMPLETED, ended=8),
        seen(9, AgentStatus.RUNNING),
    ]
    for order in permutations(tellings):
        agent = agent_after(*order)
        assert (agent.status, agent.ended) == (AgentStatus.COMPLETED, T0 + 8)


def test_one_that_has_ended_may_begin_anew() -> None:
    agent = agent_after(seen(1, AgentStatus.COMPLETED), seen(2, AgentStatus.RUNNING))
    assert (agent.status, agent.ended) == (AgentStatus.RUNNING, 0)


@pytest.mark.parametrize("status", [AgentStatus.COMPLETED, AgentStatus.FAILED, AgentStatus.TERMINATED])
def test_an_end_without_a_time_is_when_it_was_told(status: AgentStatus) -> None:
    assert agent_after(seen(7, status)).ended == T0 + 7
