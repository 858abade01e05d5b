"""Signs of life of open calls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui_monitor.events import CallProgress
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.shared.fields import number, text

AGENTS_AT_WORK = ("agent_progress", "skill_progress")
_SIGNS_OF_RUNNING = (
    *AGENTS_AT_WORK,
    "bash_progress",
    "mcp_progress",
    "powershell_progress",
    "query_update",
    "search_results_received",
    "waiting_for_task",
)
_CHANGE_OF_FOLDER = re.compile(r"\s*cd\s[^;&]*(?:&&|;)")


def progress(line: Line, data: Record) -> Iterator[CallProgress]:
    """What a progress line tells of its call."""
    call, kind = text(line.record.get("parentToolUseID")), text(data.get("type"))
    if call and kind == "hook_progress" and data.get("hookEvent") == "PreToolUse":
        yield CallProgress(**line.where, call=call, doing=f"hook {_program(text(data.get('command')))}".rstrip())
    elif call and kind in _SIGNS_OF_RUNNING:
        yield CallProgress(
            **line.where, call=call, doing="running", elapsed_ms=_elapsed(data), lines=number(data.get("totalLines"))
        )


def _elapsed(data: Record) -> int | None:
    seconds = data.get("elapsedTimeSeconds")
    return number(seconds * 1000) if isinstance(seconds, int | float) else number(data.get("elapsedTimeMs"))


def _program(command: str) -> str:
    """The name of the script a command runs: its first word that is a path, else its first word."""
    words = [word.strip("\"'") for word in _CHANGE_OF_FOLDER.sub("", command, count=1).split()]
    word = next((word for word in words if "/" in word), words[0] if words else "")
    return word.rpartition("/")[2]
