from __future__ import annotations

import pytest

from tests.sources.claude_builder import Transcript, at
from tui_monitor.events import CallProgress


def test_command_progress_has_time_and_lines() -> None:
    transcript = Transcript()
    transcript.calls("Bash", command="make")
    transcript.progress(type="bash_progress", output="b", fullOutput="a\nb", elapsedTimeSeconds=2.5, totalLines=40)
    sign = transcript.one(CallProgress)
    assert (sign.call, sign.doing, sign.elapsed_ms, sign.lines, sign.at) == ("call_1", "running", 2500, 40, at(1))
    assert sign.output == "a\nb"


@pytest.mark.parametrize(
    ("command", "doing"),
    [
        ("${HOOKS}/valves/check-valves.sh --all", "hook check-valves.sh"),
        ("cd ${HOOKS}/pumps && node run ./guard.js", "hook guard.js"),
        ('"/home/ada/my-hook.cmd" begin', "hook my-hook.cmd"),
        ("bash /home/ada/check.sh", "hook check.sh"),
        ("prime", "hook prime"),
        ("", "hook"),
    ],
)
def test_hook_before_a_tool_is_named_after_its_script(command: str, doing: str) -> None:
    transcript = Transcript()
    transcript.progress(type="hook_progress", hookEvent="PreToolUse", hookName="PreToolUse:Bash", command=command)
    assert transcript.one(CallProgress).doing == doing


@pytest.mark.parametrize("event", ["PostToolUse", "Stop", "SessionStart"])
def test_other_hooks_give_no_progress(event: str) -> None:
    transcript = Transcript()
    transcript.progress(type="hook_progress", hookEvent=event, command="prime")
    assert transcript.of(CallProgress) == []


@pytest.mark.parametrize(
    ("data", "elapsed"),
    [
        ({"type": "mcp_progress", "status": "completed", "elapsedTimeMs": 700}, 700),
        ({"type": "waiting_for_task", "taskDescription": "Build it"}, None),
        ({"type": "agent_progress", "agentId": "a0b1"}, None),
    ],
)
def test_servers_tasks_and_agents_give_progress(data: dict[str, object], elapsed: int | None) -> None:
    transcript = Transcript()
    transcript.progress(**data)  # type: ignore[arg-type]
    sign = transcript.one(CallProgress)
    assert (sign.call, sign.doing, sign.elapsed_ms) == ("call_1", "running", elapsed)


def test_unknown_progress_or_progress_without_a_call_is_ignored() -> None:
    transcript = Transcript()
    transcript.progress(type="tea_progress")
    transcript.line("progress", data={"type": "bash_progress"})
    transcript.line("progress", parentToolUseID="call_1")
    assert transcript.of(CallProgress) == []
