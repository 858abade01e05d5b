"""The real Claude Code after ``setup``: its hooks and its status line report, and each token still counts once."""

from __future__ import annotations

import json
import sys
from contextlib import closing

import pytest

from tests.agents.interactive import ClaudeSession
from tests.agents.model import ScriptedModel
from tests.agents.programs import claude_arguments, claude_env, find_tmux
from tests.agents.script import Conversation, ToolUse, Turn
from tests.agents.test_claude_code import CONVERSATIONS, MAIN, TOTALS
from tests.agents.workplace import MONITOR, Workplace, output_of

pytestmark = [pytest.mark.agents, pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")]

TOUCH = ToolUse("call_touch", "Bash", {"command": "touch shut", "description": "Mark the valve"})
ASKS = Conversation("Mark the valve.", (Turn("mark", tool_uses=(TOUCH,)), Turn("marked", text="It is marked.")))


def set_up(workplace: Workplace, *options: str) -> None:
    with workplace.run(*MONITOR, "setup", "claude-code", "--yes", *options) as process:
        output_of(process)


def reported(workplace: Workplace) -> list[dict[str, object]]:
    """Return what the hooks and the status line have handed over."""
    files = (workplace.data / "recordings" / "claude-code").glob("*.jsonl")
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def test_hooks_report_and_each_token_counts_once(claude: str, workplace: Workplace) -> None:
    set_up(workplace)
    with (
        ScriptedModel(CONVERSATIONS) as model,
        workplace.run(claude, *claude_arguments(MAIN.prompt), env=claude_env(model.url)) as agent,
    ):
        output_of(agent)
    hooks = {str(payload.get("hook_event_name")) for payload in reported(workplace)}
    assert hooks >= {"SessionStart", "UserPromptSubmit", "SubagentStart", "SubagentStop", "Stop", "SessionEnd"}
    report = workplace.stats()
    assert report["totals"].items() >= TOTALS.items()
    assert len(report["sessions"]) == 1


def test_status_line_is_drawn_and_a_request_for_permission_is_certain(claude: str, workplace: Workplace) -> None:
    find_tmux()
    set_up(workplace)
    with ScriptedModel((ASKS,)) as model, closing(ClaudeSession(claude, workplace, model)) as session:
        session.terminal.submit(ASKS.prompt)
        session.terminal.wait_for("Do you want to proceed?")
        state = workplace.state()
        assert (state["word"], state["certain"]) == ("WAITS FOR YOU", True)
        session.terminal.press("Enter")
        session.terminal.wait_for("It is marked.", "context ", " of ")
        assert workplace.state()["word"] == "DONE"
    assert any("context_window" in payload for payload in reported(workplace))


def test_undo_leaves_no_hook(workplace: Workplace) -> None:
    set_up(workplace)
    set_up(workplace, "--undo")
    assert json.loads((workplace.home / ".claude" / "settings.json").read_text()) == {}
