"""The real Codex, with the monitor beside it and a scripted model, so that all counts are known."""

from __future__ import annotations

import json
import sys

import pytest

from tests.agents.model import ScriptedModel
from tests.agents.programs import codex_arguments
from tests.agents.script import Conversation, ToolUse, Turn, totals_of
from tests.agents.workplace import MONITOR, Workplace, output_of
from tui_monitor.events import Tokens

pytestmark = [pytest.mark.agents, pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")]

PATCH = """\
*** Begin Patch
*** Update File: valve.py
@@
-state = 'open'
-leaks = True
+state = 'shut'
*** End Patch
"""
BY_TOOL = ToolUse("call_patch", "apply_patch", text=PATCH)
BY_SHELL = ToolUse("call_patch", "exec_command", {"cmd": f"apply_patch <<'EOF'\n{PATCH}EOF\n"})

LOOK = Turn(
    "look",
    Tokens(11, 13, cache_creation=40, reasoning=4),
    "I look at it first.",
    (
        ToolUse("call_cat", "exec_command", {"cmd": "cat valve.py"}),
        ToolUse("call_make", "exec_command", {"cmd": "make leaks"}),
    ),
)
DONE = Turn("done", Tokens(3, 23, cache_read=53), "The valve is shut.")
PROMPT = "Mend the valve."
COUNT = "Count all boats in the harbour."
WORK = {"tools": 3, "tools_failed": 1, "files_changed": 1, "lines_added": 1, "lines_removed": 2}


def mend(edit: ToolUse) -> Turn:
    """Return the turn that edits the file with this tool."""
    return Turn("mend", Tokens(7, 17, cache_read=40, cache_creation=9), tool_uses=(edit,))


@pytest.mark.parametrize("edit", [BY_TOOL, BY_SHELL], ids=["by tool", "by shell"])
def test_work_is_shown_live_and_each_token_counts_once(codex: str, workplace: Workplace, edit: ToolUse) -> None:
    turns = (LOOK, mend(edit), DONE)
    with ScriptedModel([Conversation(PROMPT, turns)], hold=True) as model, workplace.monitor() as screen:
        with workplace.run(codex, *codex_arguments(model.url, PROMPT)) as agent:
            screen.wait_for("THINKING", PROMPT)
            model.release("look")
            screen.wait_for("I look at it first.", "cat valve.py", "make leaks", "exit 2")
            model.release("mend")
            screen.wait_for("+1 −2", "state = 'open'", "state = 'shut'")
            assert agent.poll() is None
            model.release("done")
            output_of(agent)
        screen.wait_for("ENDED", "216 tok", "in 21  out 53  cache 93 r · 49 w", "3 requests", "1 file  +1 −2")
    assert (model.answers, model.rejected) == ([*turns], [])
    assert workplace.valve.read_text() == "state = 'shut'\n"
    assert workplace.stats()["totals"].items() >= (totals_of(turns) | WORK).items()


@pytest.mark.parametrize("inherits", [False, True], ids=["fresh", "with history"])
def test_sub_agent_is_shown_and_counts_once(codex: str, workplace: Workplace, inherits: bool) -> None:
    """A sub-agent is a thread of its own in the session of the main one; when it ends before Codex does, the main
    thread requests one more response."""
    spawn = ToolUse(
        "call_spawn", "spawn_agent", {"message": COUNT, "fork_context": inherits}, namespace="multi_agent_v1"
    )
    echo = ToolUse("call_echo", "exec_command", {"cmd": "echo 7 boats"})
    main = (
        Turn("ask", Tokens(5, 19, cache_read=49), tool_uses=(spawn,)),
        Turn("done", Tokens(3, 23, cache_read=53), "The valve is shut."),
        Turn("noted", Tokens(6, 8, cache_read=61), "The boats are counted, too."),
    )
    sub = (
        Turn("count", Tokens(2, 29, cache_creation=31), tool_uses=(echo,)),
        Turn("counted", Tokens(1, 37, cache_read=31), "Seven boats."),
    )
    conversations = [Conversation(COUNT, sub, without="call_spawn"), Conversation(PROMPT, main)]
    with (
        ScriptedModel(conversations, hold=True) as model,
        workplace.monitor() as screen,
        workplace.run(codex, *codex_arguments(model.url, PROMPT)) as agent,
    ):
        screen.wait_for("THINKING", PROMPT)
        model.release("ask", "count", "counted")
        screen.wait_for("Agent  Count all boats", "✓ Bash   echo 7 boats")
        workplace.wait_for_rollout_text("Seven boats.")
        model.release("done", "noted")
        output_of(agent)
        answers = [turn for turn in (*main, *sub) if turn in model.answers]
        screen.wait_for("ENDED", f"{totals_of(answers)['total_tokens']} tok", f"{len(answers)} requests")
    assert sorted(turn.id for turn in model.answers) == sorted(turn.id for turn in answers)
    report = workplace.stats()
    assert report["totals"].items() >= (totals_of(answers) | {"tools": 2}).items()
    [session] = report["sessions"]
    assert (session["requests"], session["agents"]) == (len(answers), 2)


def test_recorded_run_and_its_rollout_count_once(codex: str, workplace: Workplace) -> None:
    turns = (LOOK, mend(BY_TOOL), DONE)
    with ScriptedModel([Conversation(PROMPT, turns)]) as model, workplace.monitor() as screen:
        arguments = codex_arguments(model.url, "--json", PROMPT)
        with workplace.run(*MONITOR, "run", "--", codex, *arguments) as agent:
            output = output_of(agent)
        screen.wait_for("DONE", "216 tok", "3 requests")
    [recording] = workplace.data.rglob("*.jsonl")
    assert recording.read_text() == output
    thread = json.loads(output.splitlines()[0])["thread_id"]
    report = workplace.stats()
    assert report["totals"].items() >= (totals_of(turns) | WORK).items()
    assert [session["id"] for session in report["sessions"]] == [thread]


def test_resumed_and_forked_threads_count_once(codex: str, workplace: Workplace) -> None:
    first, again, fork = (
        Conversation(PROMPT, (LOOK, DONE)),
        Conversation("Mend the pump.", (Turn("again", Tokens(4, 6, cache_read=60), "It is mended."),)),
        Conversation("Mend the boiler.", (Turn("fork", Tokens(8, 9, cache_read=70), "It is hot."),)),
    )
    with ScriptedModel([fork, again, first]) as model:
        with workplace.run(codex, *codex_arguments(model.url, PROMPT)) as agent:
            output_of(agent)
        [rollout] = workplace.home.rglob("rollout-*.jsonl")
        thread = json.loads(rollout.read_text().splitlines()[0])["payload"]["id"]
        for verb, conversation in (("resume", again), ("fork", fork)):
            with workplace.run(codex, *codex_arguments(model.url, verb, thread, conversation.prompt)) as agent:
                output_of(agent)
    assert [turn.id for turn in model.answers] == ["look", "done", "again", "fork"]
    report = workplace.stats()
    assert report["totals"].items() >= (totals_of(model.answers) | {"tools": 2}).items()
    assert [session["requests"] for session in report["sessions"]] == [1, 3]
