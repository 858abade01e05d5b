"""The real Codex in a terminal: what its rollouts say at each moment, and what the monitor says then.

``gap`` is why the monitor does not say it yet. A moment whose gap is closed fails until its ``gap`` is removed.
"""

from __future__ import annotations

import sys

import pytest

from tests.agents.interactive import CodexSession
from tests.agents.moments import (
    Episode,
    EpisodeRuns,
    Moment,
    create,
    parameters,
    press,
    release,
    restart,
    say,
    wait_for,
    wait_for_exit,
)
from tests.agents.programs import find_tmux
from tests.agents.script import Conversation, Json, ToolUse, Turn
from tests.agents.workplace import Workplace

pytestmark = [pytest.mark.agents, pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")]

QUESTION = "Would you like to run the following command?"
EDIT_QUESTION = "Would you like to make the following edits?"
INTERRUPTED = "Conversation interrupted"
TITLE = "Do not answer the request"
"""Part of the request for the title of a session, which contains its first prompt."""


WAIT = "for i in $(seq 300); do test -e go && break; sleep 0.2; done"


def escalated(call: str, command: str) -> ToolUse:
    """Return a call of a command outside the sandbox, which asks."""
    arguments: dict[str, Json] = {"cmd": command, "sandbox_permissions": "require_escalated", "justification": "Why?"}
    return ToolUse(call, "exec_command", arguments)


def outside_patch(call: str) -> ToolUse:
    """Return a call that adds a file outside the workspace, which asks."""
    return ToolUse(
        call, "apply_patch", text="*** Begin Patch\n*** Add File: ../pump.py\n+state = 'on'\n*** End Patch\n"
    )


APPROVALS = Episode(
    "approvals",
    (
        Conversation(
            "Run the pump.",
            (Turn("run", tool_uses=(escalated("call_run", WAIT),)), Turn("ran", text="It has run.")),
            without=TITLE,
        ),
        Conversation("Mark the valve.", (Turn("mark", tool_uses=(escalated("call_mark", "touch shut"),)),)),
        Conversation("Write a pump.", (Turn("write", tool_uses=(outside_patch("call_patch"),)),)),
    ),
    (
        Moment("command asks", (say("Run the pump."),), "call open, locked", "WAITS FOR YOU", (QUESTION,)),
        Moment(
            "command runs",
            (press("y"),),
            "call open, locked",
            "WORKING",
            ("esc to interrupt",),
            (QUESTION,),
        ),
        Moment("command and answer ended", (create("go"),), "complete, locked", "DONE", ("It has run.",)),
        Moment("second command asks", (say("Mark the valve."),), "call open, locked", "WAITS FOR YOU", (QUESTION,)),
        Moment("second command refused", (press("Escape"),), "aborted, locked", "INTERRUPTED", (INTERRUPTED,)),
        Moment("edit asks", (say("Write a pump."),), "call open, locked", "WAITS FOR YOU", (EDIT_QUESTION,)),
        Moment("edit refused", (press("Escape"),), "aborted, locked", "INTERRUPTED", (INTERRUPTED,), (EDIT_QUESTION,)),
    ),
)

SUMMARY = Conversation("summary for another", (Turn("summary", text="Boats were counted."),))

TURNS = Episode(
    "turns",
    (
        Conversation("Count the boats.", (Turn("boats", text="Seven boats."),), without=TITLE),
        Conversation("Count the ropes.", (Turn("ropes", text="Nine ropes."),)),
        Conversation("Count the oars.", (Turn("oars", text="Two oars."),)),
        Conversation("Count the sails.", (Turn("sails", status=400),)),
        Conversation("Count the masts.", (Turn("masts", text="One mast."),)),
        SUMMARY,
    ),
    (
        Moment("answer awaited", (say("Count the boats."),), "begun, locked", "THINKING", ("esc to interrupt",)),
        Moment("answer ended", (release("boats"),), "complete, locked", "DONE", ("Seven boats.",)),
        Moment(
            "interrupted before the first token",
            (say("Count the ropes."), wait_for("esc to interrupt"), press("Escape")),
            "aborted, locked",
            "INTERRUPTED",
            (INTERRUPTED,),
        ),
        Moment("answer ended after it", (say("Count the oars."),), "complete, locked", "DONE", ("Two oars.",)),
        Moment("request failed", (say("Count the sails."),), "failed, locked", "API ERROR", ("scripted",)),
        Moment(
            "went back before the failed prompt",
            (
                press("Escape"),
                wait_for("again to edit"),
                press("Escape"),
                wait_for("Browsing transcript"),
                press("Enter"),
            ),
            "opened, locked",
            "DONE",
            ("Conversation reverted",),
        ),
        Moment(
            "answer ended after going back",
            (press("C-u"), say("Count the masts.")),
            "complete, locked",
            "DONE",
            ("One mast.",),
        ),
        Moment("compaction runs", (say("/compact"),), "begun, locked", "COMPACTING", ("esc to interrupt",)),
        Moment("compaction ended", (release("summary"),), "complete, locked", "DONE", ("Context compacted",)),
        Moment("quit", (say("/quit"), wait_for_exit), "complete", "ENDED"),
        Moment("resumed", (restart("resume", "--last"),), "complete, locked", "DONE", ("One mast.",)),
    ),
    held=("boats", "ropes", "summary"),
)

COUNT = "Count all boats in the harbour."
SPAWN = ToolUse("call_spawn", "spawn_agent", {"message": COUNT}, namespace="multi_agent_v1")

SUB_AGENTS = Episode(
    "sub-agents",
    (
        Conversation(
            COUNT,
            (Turn("count", tool_uses=(escalated("call_note", "touch counted"),)), Turn("counted", text="Seven boats.")),
            without="call_spawn",
        ),
        Conversation(
            "Delegate it.",
            (Turn("delegate", tool_uses=(SPAWN,)), Turn("delegated", text="It is delegated.")),
            without=TITLE,
        ),
    ),
    (
        Moment(
            "sub-agent works",
            (say("Delegate it."),),
            "complete, locked",
            "WORKING",
            ("It is delegated.",),
        ),
        Moment(
            "sub-agent asks", (release("count"),), "call open, locked", "WAITS FOR YOU", (QUESTION, "Thread: Agent")
        ),
        Moment("sub-agent ended", (press("y"),), "complete, locked", "DONE", (), (QUESTION,)),
    ),
    held=("count",),
)

EPISODES = (APPROVALS, TURNS, SUB_AGENTS)


@pytest.fixture(scope="module")
def runs(codex: str, tmp_path_factory: pytest.TempPathFactory) -> EpisodeRuns:
    """Return the runs of the episodes."""
    find_tmux()
    return EpisodeRuns(
        EPISODES,
        lambda name: Workplace(tmp_path_factory.mktemp(name)),
        lambda workplace, model: CodexSession(codex, workplace, model),
    )


@pytest.mark.parametrize("moment", parameters(EPISODES, of_monitor=False))
def test_rollout_says_where_the_turn_is(runs: EpisodeRuns, moment: Moment) -> None:
    assert runs.observation_of(moment).status == moment.status


@pytest.mark.parametrize("moment", parameters(EPISODES, of_monitor=True))
def test_monitor_says_what_the_session_does(runs: EpisodeRuns, moment: Moment) -> None:
    observation = runs.observation_of(moment)
    assert observation.word == moment.word, observation.evidence
