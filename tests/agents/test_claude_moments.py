"""The real Claude Code in a terminal: what its registry says at each moment, and what the monitor says then.

``gap`` is why the monitor does not say it yet. A moment whose gap is closed fails until its ``gap`` is removed.
"""

from __future__ import annotations

import signal
import sys

import pytest

from tests.agents.interactive import ClaudeSession
from tests.agents.moments import (
    Episode,
    EpisodeRuns,
    Moment,
    answer,
    kill,
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

ASKS = "waiting: permission prompt"
PROMPT = "manual mode on"
INTERRUPTED = "What should Claude do instead?"

TOUCH = ToolUse("call_touch", "Bash", {"command": "touch shut", "description": "Mark the valve"})
RUN = ToolUse("call_run", "Bash", {"command": "touch pump; sleep 30", "description": "Run the pump"})
READ = ToolUse("call_read", "Read", {"file_path": "valve.py"})
EDIT = ToolUse("call_edit", "Edit", {"file_path": "valve.py", "old_string": "open", "new_string": "shut"})
WRITE = ToolUse("call_write", "Write", {"file_path": "pump.py", "content": "state = 'on'\n"})

PERMISSIONS = Episode(
    "permissions",
    (
        Conversation("Mark the valve.", (Turn("mark", tool_uses=(TOUCH,)), Turn("marked", text="It is marked."))),
        Conversation("Run the pump.", (Turn("run", tool_uses=(RUN,)),)),
        Conversation(
            "Shut the valve.",
            (Turn("read", tool_uses=(READ,)), Turn("edit", tool_uses=(EDIT,)), Turn("shut", text="It is shut.")),
        ),
        Conversation("Write a pump.", (Turn("write", tool_uses=(WRITE,)),)),
    ),
    (
        Moment("started without a prompt", (), "idle", "IDLE", (PROMPT,)),
        Moment("command asks", (say("Mark the valve."),), ASKS, "WAITS FOR YOU", ("Do you want to proceed?",)),
        Moment("command allowed and answer ended", (press("Enter"),), "idle", "DONE", ("It is marked.",)),
        Moment(
            "second command asks",
            (say("Run the pump."),),
            ASKS,
            "WAITS FOR YOU",
            ("Do you want to proceed?",),
        ),
        Moment(
            "command runs", (press("Enter"),), "busy", "WORKING", ("esc to interrupt",), ("Do you want to proceed?",)
        ),
        Moment("command interrupted", (press("Escape"),), "idle", "INTERRUPTED", (INTERRUPTED,)),
        Moment(
            "edit asks",
            (say("Shut the valve."),),
            ASKS,
            "WAITS FOR YOU",
            ("Do you want to make this edit",),
        ),
        Moment("edit allowed", (press("Enter"),), "idle", "DONE", ("It is shut.",)),
        Moment(
            "new file asks",
            (say("Write a pump."),),
            ASKS,
            "WAITS FOR YOU",
            ("Do you want to create pump.py?",),
        ),
        Moment("new file refused", (press("Escape"),), "idle", "INTERRUPTED", ("Rejected write to pump.py",)),
    ),
)

OPTIONS: list[Json] = [{"label": "Left", "description": "of the boat"}, {"label": "Right", "description": "of it"}]
QUESTION: dict[str, Json] = {"question": "Which valve?", "header": "Valve", "options": OPTIONS, "multiSelect": False}
ASK = ToolUse("call_ask", "AskUserQuestion", {"questions": [QUESTION]})
PLAN = ToolUse("call_plan", "ExitPlanMode", {"plan": "1. Shut the valve."})

QUESTIONS = Episode(
    "questions",
    (
        Conversation("Which one?", (Turn("ask", tool_uses=(ASK,)), Turn("answered", text="The left one it is."))),
        Conversation("Plan it.", (Turn("plan", tool_uses=(PLAN,)), Turn("planned", text="The plan is made."))),
    ),
    (
        Moment("question is asked", (say("Which one?"),), "waiting: input needed", "WAITS FOR YOU", ("Which valve?",)),
        Moment("question answered", (press("Enter"),), "idle", "DONE", ("The left one it is.",)),
        Moment(
            "plan waits for approval",
            (press("BTab"), wait_for("accept edits on"), press("BTab"), wait_for("plan mode on"), say("Plan it.")),
            ASKS,
            "WAITS FOR YOU",
            ("Exit plan mode?",),
        ),
        Moment("plan refused", (press("Escape"),), "idle", "INTERRUPTED", ("Rejected Claude's plan",)),
    ),
)

INTERRUPTIONS = Episode(
    "interruptions",
    (
        Conversation("Count the boats.", (Turn("boats", text="Seven boats."),)),
        Conversation("Count the ropes.", (Turn("ropes", text="Nine ropes."),)),
        Conversation("Count the sails.", (Turn("sails", text="Three sails.\n\n", rest="And a jib."),)),
    ),
    (
        Moment("answer awaited", (say("Count the boats."),), "busy", "THINKING", ("esc to interrupt",)),
        Moment("answer ended", (release("boats"),), "idle", "DONE", ("Seven boats.",), ("esc to interrupt",)),
        Moment(
            "interrupted before the first token",
            (say("Count the ropes."), wait_for("esc to interrupt"), press("Escape")),
            "idle",
            "INTERRUPTED",
            (PROMPT,),
            ("esc to interrupt",),
        ),
        Moment(
            "answer comes",
            (press("C-u"), say("Count the sails."), release("sails")),
            "busy",
            "THINKING",
            ("Three sails.",),
        ),
        Moment("interrupted after the first token", (press("Escape"),), "idle", "INTERRUPTED", (INTERRUPTED,)),
    ),
    held=("boats", "ropes", "sails"),
)

COUNT = "Count all boats in the harbour."
DELEGATE = ToolUse(
    "call_agent", "Agent", {"description": "Count the boats", "prompt": COUNT, "subagent_type": "general-purpose"}
)
SERVE = ToolUse("call_serve", "Bash", {"command": "sleep 60", "description": "Serve", "run_in_background": True})
SURVEY = """\
export const meta = { name: 'survey', description: 'Survey the boats', phases: [{ title: 'Count' }] }
phase('Count')
return await agent('Survey all boats.', { label: 'counter' })
"""
WORKFLOW = ToolUse("call_workflow", "Workflow", {"script": SURVEY})
SUB_TOUCH = ToolUse("call_sub", "Bash", {"command": "touch counted", "description": "Note the count"})

BACKGROUND = Episode(
    "background",
    (
        Conversation(
            COUNT,
            (Turn("count", tool_uses=(SUB_TOUCH,)), Turn("counted", text="Seven boats.")),
            without="call_agent",
        ),
        Conversation(
            "Delegate it.",
            (
                Turn("delegate", tool_uses=(DELEGATE,)),
                Turn("delegated", text="It is delegated."),
                Turn("noted", text="The count is noted."),
            ),
        ),
        Conversation(
            "Survey them.",
            (
                Turn("survey", tool_uses=(WORKFLOW,)),
                Turn("begun", text="The survey has begun."),
                Turn("read", text="The survey is read."),
            ),
        ),
        Conversation("Serve it.", (Turn("serve", tool_uses=(SERVE,)), Turn("served", text="It is served."))),
        Conversation("Survey all boats.", (Turn("surveyed", text="Nine boats."),), without="call_workflow"),
    ),
    (
        Moment(
            "agent works",
            (say("Delegate it."),),
            "busy",
            "WORKING",
            ("Waiting for 1 background agent",),
        ),
        Moment("agent asks", (release("count"),), ASKS, "WAITS FOR YOU", ("from the general-purpose agent",)),
        Moment("agent ended", (press("Enter"),), "idle", "DONE", ("The count is noted.",)),
        Moment("workflow asks", (say("Survey them."),), ASKS, "WAITS FOR YOU", ("Run a dynamic workflow?",)),
        Moment(
            "workflow works",
            (press("Enter"),),
            "busy",
            "WORKING",
            ("Waiting for 1 dynamic workflow",),
        ),
        Moment("workflow ended", (release("surveyed"),), "idle", "DONE", ("The survey is read.",)),
        Moment("command in the background", (say("Serve it."),), "shell", "WORKING", ("It is served.",)),
        Moment(
            "exit is to be confirmed",
            (say("/exit"),),
            "waiting: dialog open",
            "WAITS FOR YOU",
            ("Exit and stop",),
        ),
        Moment("exited with a command in the background", (press("Enter"), wait_for_exit), "", "ENDED"),
    ),
    held=("count", "surveyed"),
)

SUMMARY = Conversation(
    "Your task is to create a detailed summary", (Turn("summary", text="<summary>Boats.</summary>"),)
)

COMMANDS = Episode(
    "commands",
    (
        Conversation("Count the boats.", (Turn("boats", text="Seven boats."),)),
        SUMMARY,
        Conversation("Count the ropes.", (Turn("ropes", text="Nine ropes."),)),
    ),
    (
        Moment("answer ended before them", (say("Count the boats."),), "idle", "DONE", ("Seven boats.",)),
        Moment("compaction runs", (say("/compact"),), "busy", "COMPACTING", ("Compacting conversation",)),
        Moment("compaction ended", (release("summary"),), "idle", "DONE", ("Compacted",), ("Compacting",)),
        Moment("menu is open", (say("/model"),), "waiting: dialog open", "WAITS FOR YOU", ("Select model",)),
        Moment("menu closed", (press("Escape"),), "idle", "DONE", ("Kept model",)),
        Moment("branched", (say("/branch"),), "idle", "DONE", ("Branched session",)),
        Moment("cleared", (say("/clear"),), "idle", "IDLE", (PROMPT,), ("Branched session",)),
        Moment("answer ended after clearing", (say("Count the ropes."),), "idle", "DONE", ("Nine ropes.",)),
        Moment("exited", (say("/exit"), wait_for_exit), "", "ENDED"),
        Moment("continued", (restart("--continue"),), "idle", "DONE", ("Nine ropes.",)),
        Moment("killed at its prompt", (kill(signal.SIGKILL), wait_for_exit), "idle", "ENDED"),
    ),
    held=("summary",),
)

FAILURES = Episode(
    "failures",
    (
        Conversation("Count the boats.", (Turn("overloaded", status=529),)),
        Conversation("Count the ropes.", (Turn("invalid", status=400),)),
        Conversation("Run the pump.", (Turn("run", tool_uses=(RUN,)),)),
    ),
    (
        Moment("requests are repeated", (say("Count the boats."),), "busy", "RETRYING", ("attempt 2/",)),
        Moment(
            "interrupted while it retries",
            (press("Escape"),),
            "idle",
            "INTERRUPTED",
            (PROMPT,),
            ("attempt",),
        ),
        Moment("request failed", (press("C-u"), say("Count the ropes.")), "idle", "API ERROR", ("API Error: 400",)),
        Moment(
            "killed while a command runs",
            (
                say("Run the pump."),
                answer("Do you want to proceed?"),
                wait_for("esc to interrupt"),
                kill(signal.SIGKILL),
                wait_for_exit,
            ),
            "busy",
            "ENDED",
        ),
    ),
)

EPISODES = (PERMISSIONS, QUESTIONS, INTERRUPTIONS, BACKGROUND, COMMANDS, FAILURES)


@pytest.fixture(scope="module")
def runs(claude: str, tmp_path_factory: pytest.TempPathFactory) -> EpisodeRuns:
    """Return the runs of the episodes."""
    find_tmux()
    return EpisodeRuns(
        EPISODES,
        lambda name: Workplace(tmp_path_factory.mktemp(name)),
        lambda workplace, model: ClaudeSession(claude, workplace, model),
    )


@pytest.mark.parametrize("moment", parameters(EPISODES, of_monitor=False))
def test_registry_says_what_the_process_does(runs: EpisodeRuns, moment: Moment) -> None:
    assert runs.observation_of(moment).status == moment.status


@pytest.mark.parametrize("moment", parameters(EPISODES, of_monitor=True))
def test_monitor_says_what_the_session_does(runs: EpisodeRuns, moment: Moment) -> None:
    observation = runs.observation_of(moment)
    assert observation.word == moment.word, observation.evidence
