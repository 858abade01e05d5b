"""What a sub-agent has done, beside the state of the call that started it."""

from __future__ import annotations

from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import ToolKind
from tui_monitor.tui.detail.agent_sum import agent_sum
from tui_monitor.tui.rows.context import AgentFacts, RowContext


def test_agents_call_has_calls_context_and_cost() -> None:
    live = LiveBuilder()
    call, other = live.start("Task", ToolKind.AGENT, "look"), live.shell("ls")
    context = RowContext(agents={call.id: AgentFacts(50, 42_000, "≥$0.72"), other.id: AgentFacts(3)})
    assert "".join(span.text for span in agent_sum(call, context)) == "50 calls · 42k ctx · ≥$0.72"
    assert agent_sum(other, context) == ()
    assert agent_sum(call, RowContext(agents={call.id: AgentFacts()})) == ()
    assert agent_sum(None, context) == ()
