"""Broken payloads and printed lines are rejected or parsed, and do not affect others."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given

from tests.sources.claude_builder import ref, tool_use, usage
from tests.sources.claude_payloads import NOWHERE, Printed, hook, statusline, tool_hook
from tests.sources.hostile import UNHURRIED, check, some_broken
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.adapter import ClaudeCode


def everything() -> list[Record]:
    """Return a line of each type with events."""
    printed = Printed()
    printed.init()
    printed.streams(output=9)
    printed.assistant(tool_use("call_1", "Agent", description="Look", prompt="look"))
    printed.system("task_started", task_id="a0b1", tool_use_id="call_1", subagent_type="Explore")
    printed.system("task_progress", task_id="a0b1", tool_use_id="call_1", description="Reading", usage={})
    printed.assistant(tool_use("call_2", "Bash", command="make"), call="call_1")
    printed.answer("in background with ID: b1", {"backgroundTaskId": "b1"}, call="call_2", asker="call_1")
    printed.system("task_notification", task_id="b1", tool_use_id="call_2", status="completed", summary="", usage={})
    printed.system("status", status="compacting", permissionMode="plan")
    printed.system("compact_boundary", compact_metadata={"pre_tokens": 9, "post_tokens": 1, "trigger": "auto"})
    printed.system("api_retry", attempt=1, max_retries=9, retry_delay_ms=5.5, error_status=529, error="overloaded")
    printed.line("tool_progress", tool_use_id="call_1", elapsed_time_seconds=3)
    printed.line("rate_limit_event", rate_limit_info={"rateLimitType": "five_hour", "utilization": 0.5, "resetsAt": 5})
    printed.line("control_request", request={"subtype": "can_use_tool", "tool_name": "Bash", "tool_use_id": "call_1"})
    printed.result(0.25)
    used = {"five_hour": {"used_percentage": 23.5, "resets_at": 5}}
    return [
        *printed.records,
        statusline(0.5, current_usage=usage(), session_name="Valves", rate_limits=used),
        hook("UserPromptSubmit", prompt="go"),
        tool_hook("PreToolUse", "Bash", tool_input={"command": "make"}),
        hook("Notification", notification_type="permission_prompt", message="?"),
        tool_hook("PostToolUse", "Bash", tool_response={"stdout": "built"}, duration_ms=5),
        tool_hook("PostToolUseFailure", "Bash", call="call_5", error="Exit code 2", is_interrupt=False),
        hook("SubagentStop", agent_id="a0b1", agent_type="Explore"),
        hook("SessionEnd", reason="exit"),
    ]


EVERYTHING = everything()


@given(some_broken(EVERYTHING))
@UNHURRIED
def test_broken_line_does_not_affect_others(lines: list[Record]) -> None:
    parser = ClaudeCode().parser(NOWHERE, "")
    for at, record in enumerate(lines):
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            for event in parser.parse(record, ref(at)):
                check(event)
        ClaudeCode().parser(NOWHERE, parser.state())
