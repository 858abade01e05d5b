"""Queries of the documented tables."""

from __future__ import annotations

from dataclasses import replace

from tests.store.builders import APPLE, NOON, finished, ingest, started, usage
from tui_monitor.events import AgentStatus, AgentUpdate, CallFinished, CallStarted, CallState
from tui_monitor.store import Store, TelemetryRow

SCOUT = AgentUpdate(session=APPLE, agent="scout", parent="", at=NOON, type="developer", plan="REQ-1", started=NOON)
ID = "demo/apple/scout"


def test_agents_are_found_by_id_parent_and_plan(store: Store) -> None:
    other = replace(SCOUT, agent="other", plan="REQ-2", started=NOON + 1, status=AgentStatus.FAILED)
    ingest(store, SCOUT, other, replace(SCOUT, agent="aside", internal=True))
    assert [agent.id for agent in store.agents(parent="demo/apple/main")] == [ID, "demo/apple/other"]
    assert [agent.id for agent in store.agents(plan="REQ-2")] == ["demo/apple/other"]
    assert [(agent.type, agent.status, agent.started) for agent in store.agents(ID)] == [("developer", "running", NOON)]
    assert store.agents("demo/apple/nobody") == []


def test_call_and_response_with_a_common_id_are_one_row(store: Store) -> None:
    response = replace(usage("r1"), session=APPLE, agent="scout", strong_ids=("both",), at=NOON)
    call = CallStarted(
        session=APPLE, agent="scout", at=NOON, call="both", uid="both", tool="bash", kind=started("x").kind, input="[1]"
    )
    end = CallFinished(session=APPLE, agent="scout", at=NOON, call="both", state=CallState.OK, approved=True)
    alone = replace(call, call="alone", uid="alone", at=NOON + 5)
    ingest(store, response, call, end, alone, replace(finished("alone"), session=APPLE, agent="scout"))
    both, tool = store.agent_telemetry(ID)
    assert (both.input, both.tool, both.arguments, both.approved) == (response.tokens.input, "bash", "[1]", True)
    assert tool == TelemetryRow(NOON + 5, tool="bash", arguments="[1]", duration_ms=tool.duration_ms)
    assert store.agent_telemetry("demo/apple/nobody") == []


def test_amounts_are_summed_per_agent(store: Store) -> None:
    ingest(store, replace(usage("r1"), session=APPLE, agent="scout"), replace(usage("r2"), session=APPLE))
    assert set(store.agent_amounts()) == {ID, "demo/apple/main"}
    assert store.agent_amounts(ID)[ID].requests == 1
    assert store.agent_amounts("demo/apple/nobody") == {}
