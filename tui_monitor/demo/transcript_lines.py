"""Transcript lines in the format of Claude Code."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias

from tui_monitor.demo.project import ROOT

Json: TypeAlias = Mapping[str, object]

SESSION = "5eed1a4d-0000-4000-8000-00000000c0de"
VERSION = "2.1.39"
_CONTEXT_LINES = 3
"""Unchanged lines around a change."""


class ResponseTokens(NamedTuple):
    """The tokens of one response: input written to and read from the cache, and output."""

    cache_write: int
    cache_read: int
    output: int


def envelope(kind: str, number: int, agent: str) -> dict[str, object]:
    """Return the fields of every line. The time is added when it is written."""
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


def text_block(text: str) -> Json:
    """Return a block of text."""
    return {"type": "text", "text": text}


def tool_use(call: str, name: str, arguments: Json) -> Json:
    """Return a block that calls a tool."""
    return {"type": "tool_use", "id": call, "name": name, "input": arguments}


def tool_result(call: str, content: str, error: bool) -> Json:
    """Return a block with the result of a call."""
    return {"type": "tool_result", "tool_use_id": call, "content": content, **({"is_error": True} if error else {})}


def message(number: int, model: str, block: Json, tokens: ResponseTokens, stop: str) -> Json:
    """Return one block of a response as a message."""
    return {
        "id": f"msg_demo{number:04}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [block],
        "stop_reason": stop,
        "usage": {
            "input_tokens": 3,
            "cache_creation_input_tokens": tokens.cache_write,
            "cache_read_input_tokens": tokens.cache_read,
            "output_tokens": tokens.output,
            "service_tier": "standard",
        },
    }


def patch(before: str, after: str) -> list[Json]:
    """Return the hunks of a change."""
    old, new = before.splitlines(), after.splitlines()
    hunks: list[Json] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_CONTEXT_LINES):
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
