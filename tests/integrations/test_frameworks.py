"""Recorders of agent frameworks, tested on real agents with a scripted model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integrations.frameworks import load
from tests.integrations.scripted import calling, chat, scripted
from tests.telemetry.support import of_type, only, read_events
from tui_monitor.events import (
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    Rank,
    RetryUpdate,
    Tokens,
    Usage,
)
from tui_monitor.integrations import langchain, openai_agents, pydantic_ai

EACH = Tokens(input=36, output=20, cache_read=64, reasoning=8)


def last_updates(stream: Path) -> dict[str, AgentUpdate]:
    """Return the last update of each agent, by agent type."""
    updates = of_type(read_events(stream), AgentUpdate)
    types = {each.agent: each.type for each in updates if each.type}
    return {types[each.agent]: each for each in updates if each.agent in types}


async def test_openai_agents_are_recorded_with_their_parents(stream: Path) -> None:
    agents = load("agents")
    openai = load("openai")

    def berth(ship: str) -> str:
        """Return the berth of a ship."""
        return "berth 4"

    with scripted(calling("scout", '{"input": "?"}'), calling("berth", '{"ship": "Gull"}'), chat(), chat()) as address:
        async with openai.AsyncOpenAI(api_key="none", base_url=address) as client:
            model = agents.OpenAIChatCompletionsModel("gpt-4o-mini", openai_client=client)
            scout = agents.Agent("scout", model=model, tools=[agents.function_tool(berth)])
            tool = scout.as_tool(tool_name="scout", tool_description="asks the scout")
            agents.set_trace_processors([])
            openai_agents.record()
            result = await agents.Runner.run(agents.Agent("pilot", model=model, tools=[tool]), "which berth?")
    assert result.final_output == "berth 4"
    events = read_events(stream)
    agents_by_type = last_updates(stream)
    assert {each.status for each in agents_by_type.values()} == {AgentStatus.COMPLETED}
    started = {each.agent: each for each in of_type(events, AgentUpdate) if each.status is AgentStatus.RUNNING}
    assert started[agents_by_type["scout"].agent].parent == agents_by_type["pilot"].agent
    assert [(each.tool, each.agent) for each in of_type(events, CallStarted)][-2:] == [
        ("berth", agents_by_type["scout"].agent),
        ("scout", agents_by_type["pilot"].agent),
    ]
    assert [usage.tokens for usage in of_type(events, Usage)] == [EACH] * 4
    assert {usage.agent for usage in of_type(events, Usage)} == {
        agents_by_type["pilot"].agent,
        agents_by_type["scout"].agent,
    }


def test_langchain_runs_are_recorded(stream: Path) -> None:
    load("langchain_core")
    from langchain_core.language_models import FakeMessagesListChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import RunnableLambda
    from langchain_core.tools import tool

    def berth(ship: str) -> str:
        """Return the berth of a ship."""
        if ship == "Ghost":
            raise ValueError("no such ship")
        return "berth 4"

    counts = {
        "input_tokens": 100,
        "output_tokens": 20,
        "total_tokens": 120,
        "input_token_details": {"cache_read": 64},
        "output_token_details": {"reasoning": 8},
    }
    metadata = {"model_name": "gpt-4o-mini", "model_provider": "openai"}
    model = FakeMessagesListChatModel(
        responses=[AIMessage("berth 4", usage_metadata=counts, response_metadata=metadata)]
    )

    def work(ship: str) -> str:
        model.invoke(ship)
        return str(tool(berth).invoke({"ship": ship}))

    scout = RunnableLambda(work).with_config(metadata={"lc_agent_name": "scout"})
    handler = langchain.handler()
    assert scout.invoke("Gull", config={"callbacks": [handler]}) == "berth 4"
    with pytest.raises(ValueError, match="no such ship"):
        scout.invoke("Ghost", config={"callbacks": [handler]})
    events = read_events(stream)
    assert [(each.state, each.error) for each in of_type(events, CallFinished)] == [
        (CallState.OK, ""),
        (CallState.FAILED, "no such ship"),
    ]
    first, second = of_type(events, Usage)
    assert (first.tokens, first.model, first.provider) == (EACH, "gpt-4o-mini", "openai")
    assert {first.agent, second.agent} == {each.agent for each in of_type(events, AgentUpdate) if each.type == "scout"}
    assert last_updates(stream)["scout"].status is AgentStatus.FAILED


def test_langchain_record_covers_all_runs(stream: Path) -> None:
    load("langchain_core")
    from langchain_core.runnables import RunnableLambda
    from langchain_core.tools import tool
    from langchain_core.tracers import context

    def berth(ship: str) -> str:
        """Return the berth of a ship."""
        return "berth 4"

    before = list(context._configure_hooks)
    langchain.record()
    try:
        RunnableLambda(lambda ship: tool(berth).invoke({"ship": ship})).invoke("Gull")
    finally:
        context._configure_hooks[:] = before
    calls = of_type(read_events(stream), CallStarted)
    assert {(call.tool, call.input) for call in calls} == {("berth", '{"ship":"Gull"}')}


def test_pydantic_ai_agents_are_recorded(stream: Path) -> None:
    framework = load("pydantic_ai")
    load("opentelemetry.sdk")
    from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.models.function import FunctionModel
    from pydantic_ai.usage import RequestUsage

    def respond(messages: list[Any], info: Any) -> ModelResponse:
        part = ToolCallPart("berth", {"ship": "Gull"}) if len(messages) == 1 else TextPart("berth 4")
        usage = RequestUsage(input_tokens=100, output_tokens=20, cache_read_tokens=64, details={"reasoning_tokens": 8})
        return ModelResponse([part], usage=usage)

    provider = pydantic_ai.record()
    try:
        agent = framework.Agent(FunctionModel(respond, model_name="gpt-4o-mini"), name="scout")

        def berth(ship: str) -> str:
            """Return the berth of a ship."""
            return f"{ship} lies at berth 4"

        agent.tool_plain(berth)
        assert agent.run_sync("which berth?").output == "berth 4"
    finally:
        framework.Agent.instrument_all(False)
        provider.shutdown()
    events = read_events(stream)
    scout = last_updates(stream)["scout"]
    assert scout.status is AgentStatus.COMPLETED
    assert [(usage.tokens, usage.model, usage.agent) for usage in of_type(events, Usage)] == [
        (EACH, "gpt-4o-mini", scout.agent)
    ] * 2
    call = only(events, CallFinished)
    assert (call.output, call.agent, call.state) == ("Gull lies at berth 4", scout.agent, CallState.OK)


def test_run_recorder_ignores_unknown_runs_and_any_value(stream: Path) -> None:
    from tui_monitor.integrations.runs import RunRecorder

    runs = RunRecorder()
    runs.end("unknown")
    runs.start_tool("tool", "nobody", "bash", object())
    runs.end("tool", output=object())
    runs.end("tool")
    assert only(read_events(stream), CallFinished).state is CallState.OK


def test_arguments_and_reasons_of_the_agents_sdk_are_those_at_the_end(stream: Path) -> None:
    load("agents")
    from agents.tracing import function_span, set_trace_processors, trace

    set_trace_processors([])
    openai_agents.record()
    with trace("t"), function_span("tide", input=None) as span:
        span.span_data.input = '{"place": "Ebb Bay"}'
        span.set_error({"message": "failed", "data": {"error": "no gauge"}})
    events = read_events(stream)
    assert of_type(events, CallStarted)[-1].input == '{"place":"Ebb Bay"}'
    assert only(events, CallFinished).error == "failed: no gauge"


@pytest.mark.parametrize("usage", [None, {"requests": 1, "input_tokens": 0, "output_tokens": 0, "total_tokens": 0}])
def test_agents_sdk_without_usage_is_a_lower_bound(stream: Path, usage: dict[str, int] | None) -> None:
    load("agents")
    from agents.tracing import generation_span, set_trace_processors, trace

    set_trace_processors([])
    openai_agents.record()
    with trace("t"):
        with generation_span(model="gpt-5.1", usage=usage):
            pass
        with generation_span(model="gpt-5.1", usage=usage) as failed:
            failed.set_error({"message": "refused", "data": None})
    events = read_events(stream)
    recorded = only(events, Usage)
    assert (recorded.model, recorded.tokens, recorded.rank) == ("gpt-5.1", Tokens(), Rank.PARTIAL)
    assert only(events, RetryUpdate).reason == "refused"


def test_langchain_without_usage_is_a_lower_bound(stream: Path) -> None:
    load("langchain_core")
    from langchain_core.language_models import FakeListChatModel

    FakeListChatModel(responses=["berth 4"]).invoke("?", config={"callbacks": [langchain.handler()]})
    usage = only(read_events(stream), Usage)
    assert (usage.tokens, usage.rank) == (Tokens(), Rank.PARTIAL)


def test_pydantic_ai_tells_cache_writes_of_an_hour(stream: Path) -> None:
    load("pydantic_ai")
    sdk = load("opentelemetry.sdk.trace")
    framework = load("pydantic_ai")
    counts = {
        "input_tokens": 1500,
        "output_tokens": 300,
        "cache_read.input_tokens": 1000,
        "cache_creation.input_tokens": 300,
        "details.ephemeral_1h_input_tokens": 200,
    }
    attributes: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.response.model": "claude-sonnet-4-5",
    }
    provider = pydantic_ai.record(sdk.TracerProvider())
    framework.Agent.instrument_all(False)
    usage: dict[str, str | int] = {f"gen_ai.usage.{name}": value for name, value in counts.items()}
    with provider.get_tracer("t").start_as_current_span("chat", attributes=attributes | usage):
        pass
    tokens = Tokens(input=200, output=300, cache_read=1000, cache_creation=300, cache_creation_1h=200)
    assert only(read_events(stream), Usage).tokens == tokens
