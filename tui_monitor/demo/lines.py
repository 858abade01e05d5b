"""Lines of a transcript in the shape of Claude Code's."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias

from tui_monitor.demo.project import ROOT

Json: TypeAlias = Mapping[str, object]

SESSION = "5eed1a4d-0000-4000-8000-00000000c0de"
VERSION = "2.1.39"
_AROUND = 3
"""Lines that are shown around a change."""


class Counts(NamedTuple):
    """The tokens of one response; ``written`` and ``read`` are those that went through the cache."""

    written: int
    read: int
    output: int


def envelope(kind: str, number: int, agent: str) -> dict[str, object]:
    """What every line has. The time is added when it is written."""
    return {
        "type": kind,
        "uuid": _uuid(number),
        "parentUuid": _uuid(number - 1) if number else None,
        "sessionId": SESSION,
        "version": VERSION,
        "cwd": ROOT,
        "gitBranch": "within",
        "isSidechain": bool(agent),
        "userType": "external",
        **({"agentId": agent} if agent else {"permissionMode": "demo"}),
    }


def text(words: str) -> Json:
    """A block of words."""
    return {"type": "text", "text": words}


def tool_use(call: str, name: str, arguments: Json) -> Json:
    """A block that asks for a tool."""
    return {"type": "tool_use", "id": call, "name": name, "input": arguments}


def tool_result(call: str, content: str, error: bool) -> Json:
    """The block that answers it."""
    return {"type": "tool_result", "tool_use_id": call, "content": content, **({"is_error": True} if error else {})}


def message(number: int, model: str, block: Json, counts: Counts, stop: str) -> Json:
    """One block of a response."""
    return {
        "id": f"msg_demo{number:04}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [block],
        "stop_reason": stop,
        "usage": {
            "input_tokens": 3,
            "cache_creation_input_tokens": counts.written,
            "cache_read_input_tokens": counts.read,
            "output_tokens": counts.output,
            "service_tier": "standard",
        },
    }


def patch(before: str, after: str) -> list[Json]:
    """The hunks by which a file changed."""
    old, new = before.splitlines(), after.splitlines()
    hunks: list[Json] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_AROUND):
        lines: list[str] = []
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                lines += [f" {line}" for line in old[old_from:old_to]]
            else:
                lines += [f"-{line}" for line in old[old_from:old_to]]
                lines += [f"+{line}" for line in new[new_from:new_to]]
        first, last = group[0], group[-1]
        hunks.append(
            {
                "oldStart": first[1] + 1,
                "oldLines": last[2] - first[1],
                "newStart": first[3] + 1,
                "newLines": last[4] - first[3],
                "lines": lines,
            }
        )
    return hunks


def _uuid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-00000000c0de"
