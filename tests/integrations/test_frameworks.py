"""Real agents of the frameworks, with a scripted model: agents nest, tools run, tokens count."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integrations.scripted import calling, chat, scripted
from tests.telemetry.support import events, of_type, only
from tui_monitor.events import AgentStatus, AgentUpdate, CallFinished, CallStarted, CallState, Tokens, Usage
from tui_monitor.integrations import langchain, openai_agents, pydantic_ai

EACH = Tokens(input=36, output=20, cache_read=64, reasoning=8)


def last_words(stream: Path) -> dict[str, AgentUpdate]:
    """What was last told of each agent, by its type."""
    told = of_type(events(stream), AgentUpdate)
    types = {each.agent: each.type for each in told if each.type}
    return {types[each.agent]: each for each in told if each.agent in types}


async def test_agents_of_openai_s_sdk_nest(stream: Path) -> None:
    agents = pytest.importorskip("agents")
    openai = pytest.importorskip("openai")

    def berth(ship: str) -> str:
        """Where a ship lies."""
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
    told = events(stream)
    named = last_words(stream)
    assert {each.status for each in named.values()} == {AgentStatus.COMPLETED}
    began = {each.agent: each for each in of_type(told, AgentUpdate) if each.status is AgentStatus.RUNNING}
    assert began[named["scout"].agent].parent == named["pilot"].agent
    assert [(each.tool, each.agent) for each in of_type(told, CallStarted)][-2:] == [
        ("berth", named["scout"].agent),
        ("scout", named["pilot"].agent),
    ]
    assert [usage.tokens for usage in of_type(told, Usage)] == [EACH] * 4
    assert {usage.agent for usage in of_type(told, Usage)} == {named["pilot"].agent, named["scout"].agent}


def test_runs_of_langchain_are_recorded(stream: Path) -> None:
    pytest.importorskip("langchain_core")
    from langchain_core.language_models import FakeMessagesListChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import RunnableLambda
    from langchain_core.tools import tool

    def berth(ship: str) -> str:
        """Where a ship lies."""
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
    told_by_model = {"model_name": "gpt-4o-mini", "model_provider": "openai"}
    model = FakeMessagesListChatModel(
        responses=[AIMessage("berth 4", usage_metadata=counts, response_metadata=told_by_model)]
    )

    def work(ship: str) -> str:
        model.invoke(ship)
        return str(tool(berth).invoke({"ship": ship}))

    scout = RunnableLambda(work).with_config(metadata={"lc_agent_name": "scout"})
    handler = langchain.handler()
    assert scout.invoke("Gull", config={"callbacks": [handler]}) == "berth 4"
    with pytest.raises(ValueError, match="no such ship"):
        scout.invoke("Ghost", config={"callbacks": [handler]})
    told = events(stream)
    assert [(each.state, each.error) for each in of_type(told, CallFinished)] == [
        (CallState.OK, ""),
        (CallState.FAILED, "no such ship"),
    ]
    first, second = of_type(told, Usage)
    assert (first.tokens, first.model, first.provider) == (EACH, "gpt-4o-mini", "openai")
    assert {first.agent, second.agent} == {each.agent for each in of_type(told, AgentUpdate) if each.type == "scout"}
    assert last_words(stream)["scout"].status is AgentStatus.FAILED


def test_all_runs_of_langchain_are_recorded_once_that_is_asked_for(stream: Path) -> None:
    pytest.importorskip("langchain_core")
    from langchain_core.runnables import RunnableLambda
    from langchain_core.tools import tool
    from langchain_core.tracers import context

    def berth(ship: str) -> str:
        """Where a ship lies."""
        return "berth 4"

    before = list(context._configure_hooks)
    langchain.record()
    try:
        RunnableLambda(lambda ship: tool(berth).invoke({"ship": ship})).invoke("Gull")
    finally:
        context._configure_hooks[:] = before
    calls = of_type(events(stream), CallStarted)
    assert {(call.tool, call.input) for call in calls} == {("berth", '{"ship":"Gull"}')}


def test_agents_of_pydantic_ai_are_recorded(stream: Path) -> None:
    framework = pytest.importorskip("pydantic_ai")
    pytest.importorskip("opentelemetry.sdk")
    from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.models.function import FunctionModel
    from pydantic_ai.usage import RequestUsage

    def respond(messages: list[object], info: object) -> ModelResponse:
        part = ToolCallPart("berth", {"ship": "Gull"}) if len(messages) == 1 else TextPart("berth 4")
        usage = RequestUsage(input_tokens=100, output_tokens=20, cache_read_tokens=64, details={"reasoning_tokens": 8})
        return ModelResponse([part], usage=usage)

    provider = pydantic_ai.record()
    try:
        agent = framework.Agent(FunctionModel(respond, model_name="gpt-4o-mini"), name="scout")

        def berth(ship: str) -> str:
            """Where a ship lies."""
            return f"{ship} lies at berth 4"

        agent.tool_plain(berth)
        assert agent.run_sync("which berth?").output == "berth 4"
    finally:
        framework.Agent.instrument_all(False)
        provider.shutdown()
    told = events(stream)
    scout = last_words(stream)["scout"]
    assert scout.status is AgentStatus.COMPLETED
    assert [(usage.tokens, usage.model, usage.agent) for usage in of_type(told, Usage)] == [
        (EACH, "gpt-4o-mini", scout.agent)
    ] * 2
    call = only(told, CallFinished)
    assert (call.output, call.agent, call.state) == ("Gull lies at berth 4", scout.agent, CallState.OK)


def test_what_a_framework_does_wrong_never_reaches_the_agent(stream: Path) -> None:
    from tui_monitor.integrations.runs import RunRecorder

    runs = RunRecorder()
    runs.end("unknown")
    runs.start_tool("tool", "nobody", "bash", object())
    runs.end("tool", output=object())
    runs.end("tool")
    assert only(events(stream), CallFinished).state is CallState.OK
