"""The cost, tokens and context of the real Claude Code: its own figures beside those of the monitor."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from tests.agents.model import ScriptedModel
from tests.agents.programs import claude_arguments, claude_env
from tests.agents.script import Conversation, Json, ToolUse, Turn
from tests.agents.workplace import Workplace, output_of
from tui_monitor.events import Tokens

pytestmark = [pytest.mark.agents, pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")]

Result = dict[str, Any]

FIRST = Conversation("Count the boats.", (Turn("one", Tokens(1_000, 500, 0, 400, 100), "Seven boats."),))
SECOND = Conversation("Count the ropes.", (Turn("two", Tokens(2_000, 700, 400), "Nine ropes."),))
THIRD = Conversation("Count the sails.", (Turn("three", Tokens(3_000, 900, 800), "Three sails."),))
CONVERSATIONS = (THIRD, SECOND, FIRST)
"""Each request contains the earlier prompts."""
COUNTS = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "cacheReadInputTokens": "cache_read_tokens",
    "cacheCreationInputTokens": "cache_creation_tokens",
}
STEP: dict[str, Json] = {"type": "message", "input_tokens": 1, "cache_creation_input_tokens": 0}
ADVICE: dict[str, Json] = {
    "iterations": [
        {**STEP, "output_tokens": 100, "cache_read_input_tokens": 59_000},
        {**STEP, "type": "advisor_message", "model": "claude-opus-5", "input_tokens": 59_000, "output_tokens": 700},
        {**STEP, "output_tokens": 200, "cache_read_input_tokens": 61_000},
    ]
}


def ask(claude: str, workplace: Workplace, model: ScriptedModel, prompt: str, *options: str) -> Result:
    """Run a prompt to its end and return Claude Code's own account of it."""
    arguments = claude_arguments(prompt, "--output-format", "json", *options)
    with workplace.run(claude, *arguments, env=claude_env(model.url)) as agent:
        result: Result = json.loads(output_of(agent))
    return result


def ask_once(claude: str, workplace: Workplace, turn: Turn, model_name: str) -> Result:
    """Run one prompt with one response of a model of this name."""
    conversation = Conversation(FIRST.prompt, (turn,))
    with ScriptedModel([conversation]) as model:
        return ask(claude, workplace, model, conversation.prompt, "--model", model_name)


def assert_same_usage(report: dict[str, Any], result: Result) -> None:
    """Compare tokens and cost of each model."""
    models = {model["model"]: model for model in report["models"]}
    assert models.keys() == result["modelUsage"].keys()
    for name, usage in result["modelUsage"].items():
        assert {ours: models[name][ours] for ours in COUNTS.values()} == {
            ours: usage[theirs] for theirs, ours in COUNTS.items()
        }
        assert models[name]["cost_usd"] == pytest.approx(usage["costUSD"])
    assert report["totals"]["cost_usd"] == pytest.approx(result["total_cost_usd"])
    assert not report["totals"]["cost_is_lower_bound"]


def test_run_resume_and_fork_cost_what_the_agent_says(claude: str, workplace: Workplace) -> None:
    with ScriptedModel(CONVERSATIONS) as model:
        first = ask(claude, workplace, model, FIRST.prompt)
        assert_same_usage(workplace.stats(), first)
        resumed = ask(claude, workplace, model, SECOND.prompt, "--resume", first["session_id"])
        assert_same_usage(workplace.stats(), resumed)
        fork = ask(claude, workplace, model, THIRD.prompt, "--resume", first["session_id"], "--fork-session")
    report = workplace.stats()
    assert_same_usage(report, fork)  # the last total of a fork is that of all its parents, too
    assert [session["requests"] for session in report["sessions"]] == [1, 2]


def test_background_sub_agent_costs_what_the_agent_says(claude: str, workplace: Workplace) -> None:
    order: dict[str, Json] = {"description": "Count", "prompt": "Count in the harbour.", "subagent_type": "Explore"}
    delegate = ToolUse("call_agent", "Agent", order)
    main = (
        Turn("ask", Tokens(5, 19, 49), tool_uses=(delegate,)),
        Turn("done", Tokens(3, 23, 53), "It is counted."),
        Turn("noted", Tokens(6, 8, 61), "Seven, I hear."),
    )
    helper = Conversation("Count in the harbour.", (Turn("counted", Tokens(2_000, 29, 0, 31), "Seven boats."),))
    with ScriptedModel([Conversation("Let one count.", main), helper]) as model:
        result = ask(claude, workplace, model, "Let one count.", "--model", "claude-sonnet-5-5")
    report = workplace.stats()
    assert report["totals"]["cost_usd"] == pytest.approx(result["total_cost_usd"])
    assert report["totals"]["requests"] == len(model.answers)
    assert [session["agents"] for session in report["sessions"]] == [2]


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("claude-opus-5", {"inference_geo": "us"}),
        ("claude-sonnet-4-6", {"inference_geo": "us"}),
        ("claude-opus-5", {"speed": "fast"}),
        ("claude-opus-4-6", {"speed": "fast"}),
        ("claude-opus-5", {"speed": "fast", "inference_geo": "us"}),
        ("claude-opus-5", {"server_tool_use": {"web_search_requests": 3}}),
    ],
)
def test_terms_cost_what_the_agent_says(claude: str, workplace: Workplace, name: str, terms: dict[str, Json]) -> None:
    turn = Turn("one", Tokens(1_000, 500, 2_000, 400, 100), "Seven boats.", terms=terms)
    result = ask_once(claude, workplace, turn, name)
    assert_same_usage(workplace.stats(), result)


def test_advisor_costs_what_the_agent_says_and_leaves_the_context(claude: str, workplace: Workplace) -> None:
    turn = Turn("one", Tokens(2, 300, 120_000), "Seven boats.", terms=ADVICE)
    result = ask_once(claude, workplace, turn, "claude-sonnet-5-5")
    report = workplace.stats()
    assert_same_usage(report, result)
    assert report["sessions"][0]["context"]["current"] == 61_001


def test_foreign_model_costs_its_list_price(claude: str, workplace: Workplace) -> None:
    turn = Turn("one", Tokens(1_000_000, 0, 0), "Seven boats.")
    result = ask_once(claude, workplace, turn, "mistral-large-latest")
    totals = workplace.stats()["totals"]
    assert (totals["requests"], totals["cost_usd"]) == (1, pytest.approx(2.0))
    assert result["total_cost_usd"] != pytest.approx(2.0)


MODELS = ["claude-opus-4-6", "claude-opus-4-6[1m]", "claude-sonnet-5-5", "mistral-large-latest"]


@pytest.mark.parametrize("name", MODELS)
def test_context_is_that_of_the_agents_own_command(claude: str, workplace: Workplace, name: str) -> None:
    turn = Turn("one", Tokens(1_000, 0, 95_000), "Seven boats.")
    with ScriptedModel([Conversation(FIRST.prompt, (turn,))]) as model:
        result = ask(claude, workplace, model, FIRST.prompt, "--model", name)
        context = workplace.stats()["sessions"][0]["context"]
        command = ask(claude, workplace, model, "/context", "--model", name, "--resume", result["session_id"])
    (usage,) = result["modelUsage"].values()
    assert (context["current"], context["limit"]) == (96_000, usage["contextWindow"])
    limit = {200_000: "200k", 1_000_000: "1m"}[context["limit"]]
    assert f"96k / {limit} ({round(context['percentage'])}%)" in command["result"]
