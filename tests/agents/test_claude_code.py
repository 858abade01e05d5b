"""The real Claude Code, with the monitor beside it and a scripted model, so that all counts are known."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

import pytest

from tests.agents.model import ScriptedModel
from tests.agents.programs import claude_arguments, claude_env
from tests.agents.script import Conversation, Json, ToolUse, Turn, totals_of
from tests.agents.workplace import MONITOR, TOKEN, Workplace, output_of
from tui_monitor.events import Tokens

pytestmark = [pytest.mark.agents, pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")]

LOOK = (
    ToolUse("call_read", "Read", {"file_path": "valve.py"}),
    ToolUse("call_make", "Bash", {"command": "make leaks", "description": "Look for leaks"}),
)
BEFORE, AFTER = "state = 'open'\nleaks = True\n", "state = 'shut'\n"
MEND = ToolUse("call_edit", "Edit", {"file_path": "valve.py", "old_string": BEFORE, "new_string": AFTER})
COUNT = "Count all boats in the harbour."
DELEGATION: dict[str, Json] = {
    "description": "Count the boats",
    "prompt": COUNT,
    "subagent_type": "general-purpose",
}
DELEGATE = ToolUse("call_agent", "Agent", {**DELEGATION, "run_in_background": False})

MAIN = Conversation(
    "Mend the valve.",
    (
        Turn("look", Tokens(11, 13, cache_creation=40, cache_creation_1h=10), "I look at it first.", LOOK),
        Turn("mend", Tokens(7, 17, cache_read=40, cache_creation=9), tool_uses=(MEND,)),
        Turn("ask", Tokens(5, 19, cache_read=49), tool_uses=(DELEGATE,)),
        Turn("done", Tokens(3, 23, cache_read=53), "The valve is shut."),
    ),
)
COUNTING = Conversation(
    COUNT,
    (
        Turn(
            "count",
            Tokens(2, 29, cache_creation=31),
            tool_uses=(ToolUse("call_echo", "Bash", {"command": "echo 7 boats"}),),
        ),
        Turn("counted", Tokens(1, 37, cache_read=31), "Seven boats."),
    ),
)
CONVERSATIONS = (MAIN, COUNTING)
TURNS = (*MAIN.turns[:3], *COUNTING.turns, MAIN.turns[3])
WORK = {"tools": 5, "tools_failed": 1, "files_changed": 1, "lines_added": 1, "lines_removed": 2}
TOTALS = {**totals_of(TURNS), **WORK}
STREAM_OPTIONS = ("--output-format", "stream-json", "--verbose")


def test_work_is_shown_live_and_each_token_counts_once(claude: str, workplace: Workplace) -> None:
    with ScriptedModel(CONVERSATIONS, hold=True) as model, workplace.monitor() as screen:
        with workplace.run(claude, *claude_arguments(MAIN.prompt), env=claude_env(model.url)) as agent:
            screen.wait_for("THINKING", MAIN.prompt)
            model.release("look")
            screen.wait_for("I look at it first.", "make leaks", "exit 2")
            model.release("mend")
            screen.wait_for("✓ Edit", "+1 −2", "leaks = True", "state = 'shut'")
            model.release("ask")
            screen.wait_for("WORKING", "▶ Agent", "Count the boats")
            model.release("count")
            screen.wait_for("1 call · 33 ctx")
            assert agent.poll() is None
            model.release("counted", "done")
            assert output_of(agent) == "The valve is shut.\n"
        screen.wait_for("ENDED", "420 tok", "in 29  out 138  cache 173 r · 80 w", "6 requests", "1 file  +1 −2")
    assert (model.answers, model.rejected) == ([*TURNS], [])
    assert workplace.valve.read_text() == AFTER
    assert workplace.stats()["totals"].items() >= TOTALS.items()


def test_recorded_run_and_its_transcript_count_once(claude: str, workplace: Workplace) -> None:
    arguments = (*MONITOR, "run", "--", claude, *claude_arguments(MAIN.prompt, *STREAM_OPTIONS))
    with ScriptedModel(CONVERSATIONS) as model, workplace.monitor() as screen:
        with workplace.run(*arguments, env=claude_env(model.url)) as agent:
            output = output_of(agent)
        screen.wait_for("ENDED", "420 tok", "6 requests")
    assert model.answers == [*TURNS]
    [recording] = workplace.data.rglob("*.jsonl")
    assert recording.read_text() == output
    result = json.loads(output.splitlines()[-1])
    report = workplace.stats()
    assert report["totals"].items() >= TOTALS.items()
    assert (report["totals"]["cost_usd"], report["health"]["files"]) == (pytest.approx(result["total_cost_usd"]), 3)
    [session] = report["sessions"]
    assert (session["id"], session["agents"]) == (result["session_id"], 2)


def test_failing_run_is_passed_through(claude: str, workplace: Workplace) -> None:
    arguments = claude_arguments("Paint the boat.", *STREAM_OPTIONS)
    with ScriptedModel(()) as model:  # it has nothing to say
        with workplace.run(claude, *arguments, env=claude_env(model.url)) as agent:
            alone = output_of(agent, status=1)
        with workplace.run(*MONITOR, "run", "--", claude, *arguments, env=claude_env(model.url)) as agent:
            recorded = output_of(agent, status=1)
    assert types_of(recorded) == types_of(alone)


@pytest.mark.parametrize("protocol", ["http/protobuf", "http/json"])
def test_exports_and_transcript_count_once(claude: str, workplace: Workplace, protocol: str) -> None:
    with workplace.receiver() as url, ScriptedModel(CONVERSATIONS) as model:
        run_prompt(claude, workplace, model, MAIN.prompt, env=telemetry_env(url, protocol))
    assert model.answers == [*TURNS]
    spool = workplace.data / "otlp"
    alone = workplace.stats(spool)
    both = workplace.stats()
    assert (alone["health"]["files"], both["health"]["files"]) == (1, 3)
    expected = totals_of(TURNS) | {"tools": 5, "tools_failed": 1}
    assert alone["totals"].items() >= expected.items()
    assert both["totals"].items() >= TOTALS.items()
    assert alone["totals"]["cost_usd"] == both["totals"]["cost_usd"]
    assert [session["source"] for session in both["sessions"]] == ["claude-code"]


def test_background_sub_agent_is_shown_and_counts_once(claude: str, workplace: Workplace) -> None:
    """By default a sub-agent runs in the background; its end asks the main agent for one more response."""
    main = (
        Turn("ask", Tokens(5, 19, cache_read=49), tool_uses=(ToolUse("call_agent", "Agent", DELEGATION),)),
        Turn("done", Tokens(3, 23, cache_read=53), "The valve is shut."),
        Turn("noted", Tokens(6, 8, cache_read=61), "The boats are counted, too."),
    )
    conversations = (Conversation(MAIN.prompt, main), COUNTING)
    with ScriptedModel(conversations, hold=True) as model, workplace.monitor() as screen:
        with workplace.run(claude, *claude_arguments(MAIN.prompt), env=claude_env(model.url)) as agent:
            model.release("ask", "done")
            screen.wait_for("▶ Agent", "Count the boats", "in background", "The valve is shut.")
            model.release("count")
            screen.wait_for("1 call · 33 ctx")
            model.release("counted", "noted")
            assert output_of(agent).endswith("The boats are counted, too.\n")
        screen.wait_for("ENDED", "5 requests", "✓ general-purpose 1 call")
    assert [turn.id for turn in model.answers] == ["ask", "done", "count", "counted", "noted"]
    assert model.rejected == []
    assert workplace.stats()["totals"].items() >= (totals_of(model.answers) | {"tools": 2}).items()


def test_resumed_session_counts_once(claude: str, workplace: Workplace) -> None:
    again = Conversation("Mend the pump.", (Turn("again", Tokens(4, 6, cache_read=60), "It is mended."),))
    with ScriptedModel([again, *CONVERSATIONS]) as model:
        session = run_prompt(claude, workplace, model, MAIN.prompt)
        run_prompt(claude, workplace, model, again.prompt, "--resume", session)
    assert model.answers == [*TURNS, *again.turns]
    report = workplace.stats()
    assert report["totals"].items() >= (totals_of(model.answers) | WORK).items()
    assert [session["requests"] for session in report["sessions"]] == [len(TURNS) + 1]


def test_forked_session_counts_once(claude: str, workplace: Workplace) -> None:
    fork = Conversation("Mend the boiler.", (Turn("fork", Tokens(8, 9, cache_read=70), "It is hot."),))
    with ScriptedModel([fork, *CONVERSATIONS]) as model:
        session = run_prompt(claude, workplace, model, MAIN.prompt)
        run_prompt(claude, workplace, model, fork.prompt, "--resume", session, "--fork-session")
    assert model.answers == [*TURNS, *fork.turns]
    report = workplace.stats()
    assert [session["requests"] for session in report["sessions"]] == [1, len(TURNS)]
    assert report["totals"].items() >= (totals_of(model.answers) | WORK).items()


def test_compaction_in_the_saved_total_and_in_exports_counts_once(claude: str, workplace: Workplace) -> None:
    summary = Turn("summary", Tokens(100, 50), "<summary>The valve was mended.</summary>")
    compaction = Conversation("Your task is to create a detailed summary", (summary,))
    with workplace.receiver() as url, ScriptedModel([compaction, *CONVERSATIONS]) as model:
        session = run_prompt(claude, workplace, model, MAIN.prompt)
        run_prompt(claude, workplace, model, "/compact", "--resume", session, env=telemetry_env(url, "http/protobuf"))
    assert model.answers == [*TURNS, summary]
    expected = totals_of(model.answers) | WORK
    assert workplace.stats(workplace.home)["totals"].items() >= (expected | {"requests": len(TURNS)}).items()
    assert workplace.stats()["totals"].items() >= expected.items()


def run_prompt(
    claude: str,
    workplace: Workplace,
    model: ScriptedModel,
    prompt: str,
    *options: str,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a prompt to its end and return the id of the session."""
    arguments = claude_arguments(prompt, "--output-format", "json", *options)
    with workplace.run(claude, *arguments, env={**claude_env(model.url), **(env or {})}) as agent:
        session: str = json.loads(output_of(agent))["session_id"]
    return session


def types_of(output: str) -> list[str]:
    """Return the types of the output lines."""
    return [json.loads(line)["type"] for line in output.splitlines()]


def telemetry_env(url: str, protocol: str) -> dict[str, str]:
    """Return the variables that make Claude Code export everything."""
    return {
        "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
        "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA": "1",
        **{f"OTEL_{signal}_EXPORTER": "otlp" for signal in ("LOGS", "METRICS", "TRACES")},
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer%20{TOKEN}",
    }
