"""The real Codex at work, with the monitor beside it; its model answers by a script, so that all is known."""

from __future__ import annotations

import json
import sys

import pytest

from tests.agents.model import ScriptedModel
from tests.agents.programs import codex_words
from tests.agents.script import Conversation, Turn, Use, totals_of
from tests.agents.workplace import MONITOR, Workplace, printed_by
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
BY_TOOL = Use("call_patch", "apply_patch", text=PATCH)
BY_SHELL = Use("call_patch", "exec_command", {"cmd": f"apply_patch <<'EOF'\n{PATCH}EOF\n"})

LOOK = Turn(
    "look",
    Tokens(11, 13, cache_creation=40, reasoning=4),
    "I look at it first.",
    (Use("call_cat", "exec_command", {"cmd": "cat valve.py"}), Use("call_make", "exec_command", {"cmd": "make leaks"})),
)
DONE = Turn("done", Tokens(3, 23, cache_read=53), "The valve is shut.")
PROMPT = "Mend the valve."
COUNT = "Count all boats in the harbour."
WORK = {"tools": 3, "tools_failed": 1, "files_changed": 1, "lines_added": 1, "lines_removed": 2}


def mend(edit: Use) -> Turn:
    """The turn that edits the file in this way."""
    return Turn("mend", Tokens(7, 17, cache_read=40, cache_creation=9), uses=(edit,))


@pytest.mark.parametrize("edit", [BY_TOOL, BY_SHELL], ids=["by tool", "by shell"])
def test_the_monitor_shows_its_work_as_it_happens_and_counts_each_token_once(
    codex: str, place: Workplace, edit: Use
) -> None:
    turns = (LOOK, mend(edit), DONE)
    with ScriptedModel([Conversation(PROMPT, turns)], held=True) as model, place.monitor() as screen:
        with place.started(codex, *codex_words(model.url, PROMPT)) as agent:
            screen.wait_for("THINKING", PROMPT)
            model.go_on("look")
            screen.wait_for("I look at it first.", "cat valve.py", "make leaks", "exit 2")
            model.go_on("mend")
            screen.wait_for("+1 −2")
            assert agent.poll() is None
            assert "state = 'shut'" not in screen.text()
            screen.press("\r")
            screen.wait_for("state = 'open'", "state = 'shut'")
            screen.press("\x1b")
            screen.wait_until_gone("state = 'shut'")
            model.go_on("done")
            printed_by(agent)
        screen.wait_for("DONE", "216 tok", "in 21  out 53  cache 93 r · 49 w", "3 requests", "1 file  +1 −2")
    assert (model.answered, model.refused) == ([*turns], [])
    assert place.valve.read_text() == "state = 'shut'\n"
    assert place.stats()["totals"].items() >= (totals_of(turns) | WORK).items()


def test_a_sub_agent_is_shown_and_counts_once(codex: str, place: Workplace) -> None:
    """It is a thread of its own; when it is done, and Codex has not ended by then, it asks the model of the thread that
    spawned it once more."""
    spawn = Use("call_spawn", "spawn_agent", {"message": COUNT}, namespace="multi_agent_v1")
    echo = Use("call_echo", "exec_command", {"cmd": "echo 7 boats"})
    main = (
        Turn("ask", Tokens(5, 19, cache_read=49), uses=(spawn,)),
        Turn("done", Tokens(3, 23, cache_read=53), "The valve is shut."),
        Turn("noted", Tokens(6, 8, cache_read=61), "The boats are counted, too."),
    )
    sub = (
        Turn("count", Tokens(2, 29, cache_creation=31), uses=(echo,)),
        Turn("counted", Tokens(1, 37, cache_read=31), "Seven boats."),
    )
    talks = [Conversation(PROMPT, main), Conversation(COUNT, sub)]
    with (
        ScriptedModel(talks, held=True) as model,
        place.monitor() as screen,
        place.started(codex, *codex_words(model.url, PROMPT)) as agent,
    ):
        screen.wait_for("THINKING", PROMPT)
        model.go_on("ask", "count", "counted")
        screen.wait_for("Agent  Count all boats", "engine is active")
        place.wait_until_kept("Seven boats.")
        model.go_on("done", "noted")
        printed_by(agent)
        asked = [turn for turn in main if turn in model.answered]
        tokens = f"{totals_of(asked)['total_tokens']} tok"
        context = f"Agents  main 1 call · {asked[-1].tokens.total} ctx"
        screen.wait_for("DONE", tokens, f"{len(asked)} requests", context)
    assert sorted(turn.id for turn in model.answered) == sorted(turn.id for turn in (*asked, *sub))
    answer = place.stats()
    assert answer["totals"].items() >= (totals_of([*asked, *sub]) | {"tools": 2}).items()
    assert sorted(session["requests"] for session in answer["sessions"]) == sorted((len(asked), len(sub)))


def test_what_is_run_and_recorded_counts_once_with_its_rollout(codex: str, place: Workplace) -> None:
    turns = (LOOK, mend(BY_TOOL), DONE)
    with ScriptedModel([Conversation(PROMPT, turns)]) as model, place.monitor() as screen:
        words = codex_words(model.url, "--json", PROMPT)
        with place.started(*MONITOR, "run", "--", codex, *words) as agent:
            printed = printed_by(agent)
        screen.wait_for("DONE", "216 tok", "3 requests")
    [recording] = place.data.rglob("*.jsonl")
    assert recording.read_text() == printed
    thread = json.loads(printed.splitlines()[0])["thread_id"]
    answer = place.stats()
    assert answer["totals"].items() >= (totals_of(turns) | WORK).items()
    assert [session["id"] for session in answer["sessions"]] == [thread]


def test_what_is_resumed_and_forked_counts_once(codex: str, place: Workplace) -> None:
    first, again, fork = (
        Conversation(PROMPT, (LOOK, DONE)),
        Conversation("Mend the pump.", (Turn("again", Tokens(4, 6, cache_read=60), "It is mended."),)),
        Conversation("Mend the boiler.", (Turn("fork", Tokens(8, 9, cache_read=70), "It is hot."),)),
    )
    with ScriptedModel([fork, again, first]) as model:
        with place.started(codex, *codex_words(model.url, PROMPT)) as agent:
            printed_by(agent)
        [rollout] = place.home.rglob("rollout-*.jsonl")
        thread = json.loads(rollout.read_text().splitlines()[0])["payload"]["id"]
        for verb, talk in (("resume", again), ("fork", fork)):
            with place.started(codex, *codex_words(model.url, verb, thread, talk.prompt)) as agent:
                printed_by(agent)
    assert [turn.id for turn in model.answered] == ["look", "done", "again", "fork"]
    answer = place.stats()
    assert answer["totals"].items() >= (totals_of(model.answered) | {"tools": 2}).items()
    assert [session["requests"] for session in answer["sessions"]] == [1, 3]
