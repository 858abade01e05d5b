"""The stored history of a session merged into its state, which may have later events already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tui_monitor.events import ContextUpdate
from tui_monitor.live.apply import apply_to_parts, follow_call, update_call_times
from tui_monitor.live.session import SessionState
from tui_monitor.merge.agents import MergedAgent
from tui_monitor.merge.history import RecordedEvent, SessionHistory
from tui_monitor.merge.session_facts import SessionFacts


def restore(history: SessionHistory, state: SessionState) -> None:
    """Merge ``history`` into ``state``."""
    state.revision += 1
    SessionFacts.merge_earlier_record(state, history.facts)
    state.main_chain.last_response_at = state.last_response_at
    orders = [call.order for call in history.calls] + [recorded.order for recorded in history.events]
    state.log.renumber(max(orders, default=0))
    state.log.restore(state.key, history.calls, (history.last_call_at, history.last_result_at))
    _restore_agents(history, state)
    _restore_events(history.events, state)
    for agent in state.agents.values():
        follow_call(agent, state)
    update_call_times(state)


def _restore_agents(history: SessionHistory, state: SessionState) -> None:
    for id_, record in history.agents.items():
        MergedAgent.merge_earlier_record(state.agent(id_), record)
    for id_, call_end in history.call_ends.items():
        state.agent(id_).call_end = call_end
    for id_, limits in history.limits.items():
        for limit in limits:
            state.agent(id_).context.add_limit(limit)


def _restore_events(events: Iterable[RecordedEvent], state: SessionState) -> None:
    parts = [part for agent in state.agents.values() for part in agent.context.parts.values()]
    chain = state.main_chain
    latest = [
        event
        for event in (state.plan, chain.wait, chain.request, *state.rate_limits.values(), *state.hooks.values(), *parts)
        if event
    ]
    contexts = defaultdict[str, list[ContextUpdate]](list)
    next_order = state.log.set_order(0)
    for recorded in events:
        if isinstance(recorded.event, ContextUpdate):
            contexts[recorded.event.agent].append(recorded.event)
        else:
            state.log.set_order(recorded.order)
            apply_to_parts(recorded.event, state)
    state.log.set_order(next_order)
    for id_, updates in contexts.items():
        state.agent(id_).context.merge_earlier(updates)
    for event in latest:  # of events of one instant the one read last wins
        apply_to_parts(event, state)
