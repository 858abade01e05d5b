"""The real Claude Code at work, with the monitor beside it; its model answers by a script, so that all is known."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

import pytest

from tests.agents.model import ScriptedModel
from tests.agents.programs import claude_env, claude_words
from tests.agents.script import Conversation, Turn, Use, totals_of
from tests.agents.workplace import MONITOR, Workplace, printed_by
from tui_monitor.events import Tokens

pytestmark = [pytest.mark.agents, pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")]

LOOK = (
    Use("call_read", "Read", {"file_path": "valve.py"}),
    Use("call_make", "Bash", {"command": "make leaks", "description": "Look for leaks"}),
)
BEFORE, AFTER = "state = 'open'\nleaks = True\n", "state = 'shut'\n"
MEND = Use("call_edit", "Edit", {"file_path": "valve.py", "old_string": BEFORE, "new_string": AFTER})
COUNT = "Count all boats in the harbour."
ASK = Use(
    "call_agent", "Agent", {"description": "Count the boats", "prompt": COUNT, "subagent_type": "general-purpose"}
)

MAIN = Conversation(
    "Mend the valve.",
    (
        Turn("look", Tokens(11, 13, cache_creation=40, cache_creation_1h=10), "I look at it first.", LOOK),
        Turn("mend", Tokens(7, 17, cache_read=40, cache_creation=9), uses=(MEND,)),
        Turn("ask", Tokens(5, 19, cache_read=49), uses=(ASK,)),
        Turn("done", Tokens(3, 23, cache_read=53), "The valve is shut."),
    ),
)
COUNTING = Conversation(
    COUNT,
    (
        Turn("count", Tokens(2, 29, cache_creation=31), uses=(Use("call_echo", "Bash", {"command": "echo 7 boats"}),)),
        Turn("counted", Tokens(1, 37, cache_read=31), "Seven boats."),
    ),
)
TALKS = (MAIN, COUNTING)
TURNS = (*MAIN.turns[:3], *COUNTING.turns, MAIN.turns[3])
WORK = {"tools": 5, "tools_failed": 1, "files_changed": 1, "lines_added": 1, "lines_removed": 2}
TOTALS = {**totals_of(TURNS), **WORK}
PRINTING = ("--output-format", "stream-json", "--verbose")


def test_the_monitor_shows_its_work_as_it_happens_and_counts_each_token_once(claude: str, place: Workplace) -> None:
    with ScriptedModel(TALKS, held=True) as model, place.monitor() as screen:
        with place.started(claude, *claude_words(MAIN.prompt), env=claude_env(model.url)) as agent:
            screen.wait_for("THINKING", MAIN.prompt)
            model.go_on("look")
            screen.wait_for("I look at it first.", "make leaks", "exit 2")
            model.go_on("mend")
            screen.wait_for("✓ Edit", "+1 −2")
            assert "leaks = True" not in screen.text()
            screen.press("\r")
            screen.wait_for("leaks = True", "state = 'shut'")
            screen.press("\x1b")
            screen.wait_until_gone("leaks = True")
            model.go_on("ask")
            screen.wait_for("WORKING", "▶ Agent", "Count the boats")
            model.go_on("count")
            screen.wait_for("1 call · 33 ctx")
            assert agent.poll() is None
            model.go_on("counted", "done")
            assert printed_by(agent) == "The valve is shut.\n"
        screen.wait_for("DONE", "420 tok", "in 29  out 138  cache 173 r · 80 w", "6 requests", "1 file  +1 −2")
    assert (model.answered, model.refused) == ([*TURNS], [])
    assert place.valve.read_text() == AFTER
    assert place.stats()["totals"].items() >= TOTALS.items()


def test_what_is_run_and_recorded_counts_once_with_its_transcript(claude: str, place: Workplace) -> None:
    words = (*MONITOR, "run", "--", claude, *claude_words(MAIN.prompt, *PRINTING))
    with ScriptedModel(TALKS) as model, place.monitor() as screen:
        with place.started(*words, env=claude_env(model.url)) as agent:
            printed = printed_by(agent)
        screen.wait_for("DONE", "420 tok", "6 requests")
    assert model.answered == [*TURNS]
    [recording] = place.data.rglob("*.jsonl")
    assert recording.read_text() == printed
    told = json.loads(printed.splitlines()[-1])
    answer = place.stats()
    assert answer["totals"].items() >= TOTALS.items()
    assert (answer["totals"]["cost_usd"], answer["health"]["files"]) == (pytest.approx(told["total_cost_usd"]), 3)
    [session] = answer["sessions"]
    assert (session["id"], session["agents"]) == (told["session_id"], 2)


def test_a_run_that_fails_fails_as_it_does_alone(claude: str, place: Workplace) -> None:
    words = claude_words("Paint the boat.", *PRINTING)
    with ScriptedModel(()) as model:  # it has nothing to say
        with place.started(claude, *words, env=claude_env(model.url)) as agent:
            alone = printed_by(agent, status=1)
        with place.started(*MONITOR, "run", "--", claude, *words, env=claude_env(model.url)) as agent:
            recorded = printed_by(agent, status=1)
    assert kinds_of(recorded) == kinds_of(alone)


@pytest.mark.parametrize("protocol", ["http/protobuf", "http/json"])
def test_what_it_exports_counts_once_with_its_transcript(claude: str, place: Workplace, protocol: str) -> None:
    with place.receiver() as url, ScriptedModel(TALKS) as model:
        ask(claude, place, model, MAIN.prompt, env=exporting(url, protocol))
    assert model.answered == [*TURNS]
    spool = place.data / "otlp"
    alone = place.stats(spool)
    both = place.stats()
    assert (alone["health"]["files"], both["health"]["files"]) == (1, 3)
    told_by_exports = totals_of(TURNS) | {"tools": 5, "tools_failed": 1}
    assert alone["totals"].items() >= told_by_exports.items()
    assert both["totals"].items() >= TOTALS.items()
    assert alone["totals"]["cost_usd"] == both["totals"]["cost_usd"]
    assert [session["source"] for session in both["sessions"]] == ["claude-code"]


def test_what_is_resumed_and_forked_counts_once(claude: str, place: Workplace) -> None:
    again = Conversation("Mend the pump.", (Turn("again", Tokens(4, 6, cache_read=60), "It is mended."),))
    fork = Conversation("Mend the boiler.", (Turn("fork", Tokens(8, 9, cache_read=70), "It is hot."),))
    with ScriptedModel([fork, again, *TALKS]) as model:
        session = ask(claude, place, model, MAIN.prompt)
        ask(claude, place, model, again.prompt, "--resume", session)
        ask(claude, place, model, fork.prompt, "--resume", session, "--fork-session")
    assert model.answered == [*TURNS, *again.turns, *fork.turns]
    answer = place.stats()
    assert answer["totals"].items() >= (totals_of(model.answered) | WORK).items()
    assert [told["requests"] for told in answer["sessions"]] == [1, len(TURNS) + 1]


def test_a_compaction_that_only_exports_tell_of_is_added(claude: str, place: Workplace) -> None:
    summary = Turn("summary", Tokens(100, 50), "<summary>The valve was mended.</summary>")
    compaction = Conversation("Your task is to create a detailed summary", (summary,))
    with place.receiver() as url, ScriptedModel([compaction, *TALKS]) as model:
        session = ask(claude, place, model, MAIN.prompt)
        ask(claude, place, model, "/compact", "--resume", session, env=exporting(url, "http/protobuf"))
    assert model.answered == [*TURNS, summary]
    assert place.stats(place.home)["totals"].items() >= TOTALS.items()
    assert place.stats()["totals"].items() >= (totals_of(model.answered) | WORK).items()


def ask(
    claude: str,
    place: Workplace,
    model: ScriptedModel,
    prompt: str,
    *options: str,
    env: Mapping[str, str] | None = None,
) -> str:
    """Have a prompt worked on to its end; the id of the session."""
    words = claude_words(prompt, "--output-format", "json", *options)
    with place.started(claude, *words, env={**claude_env(model.url), **(env or {})}) as agent:
        session: str = json.loads(printed_by(agent))["session_id"]
    return session


def kinds_of(printed: str) -> list[str]:
    """The types of the printed lines."""
    return [json.loads(line)["type"] for line in printed.splitlines()]


def exporting(url: str, protocol: str) -> dict[str, str]:
    """The variables that make Claude Code export all that it can."""
    return {
        "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
        "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA": "1",
        **{f"OTEL_{signal}_EXPORTER": "otlp" for signal in ("LOGS", "METRICS", "TRACES")},
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
    }
