"""Lines that Gemini CLI and OpenCode print for programs."""

from __future__ import annotations

from typing import Any

from tests.sources import gemini_builder, opencode_builder
from tui_monitor.sources.base import Record

MODEL = "gemini-2.5-pro"


def gemini_run(*lines: Record, session: str = gemini_builder.SESSION, start: int = 0) -> list[Record]:
    """Return a run of ``gemini -o stream-json``, a line a second; ``start`` is its minute."""
    first = {"type": "init", "session_id": session, "model": MODEL}
    return [
        {**line, "timestamp": f"2026-03-01T10:{start + at // 60:02}:{at % 60:02}.000Z"}
        for at, line in enumerate((first, *lines))
    ]


def said(content: str, role: str = "assistant", **fields: Any) -> Record:
    """Return a message; a piece of one with ``delta=True``."""
    return {"type": "message", "role": role, "content": content, **fields}


def used(name: str, parameters: Record, call: str = "call_1") -> Record:
    """Return the start of a call."""
    return {"type": "tool_use", "tool_name": name, "tool_id": call, "parameters": parameters}


def answered(output: str | None = None, error: str = "", call: str = "call_1") -> Record:
    """Return the end of a call."""
    end: Record = {"type": "tool_result", "tool_id": call, "status": "error" if error else "success"}
    end |= {"output": output} if output is not None else {}
    return end | ({"error": {"type": "tool", "message": error}} if error else {})


def ended(prompt: int, output: int, cached: int = 0, thoughts: int = 0, **fields: Any) -> Record:
    """Return the end of a run, with the tokens of one model."""
    counts = {
        "total_tokens": prompt + output + thoughts,
        "input_tokens": prompt,
        "output_tokens": output,
        "cached": cached,
        "input": prompt - cached,
    }
    stats = {**counts, "duration_ms": 1500, "tool_calls": 1, "models": {MODEL: counts}}
    return {"type": "result", "status": "success", "stats": stats, **fields}


def opencode_line(kind: str, part: Record | None = None, **fields: Any) -> Record:
    """Return a line of ``opencode run --format json``."""
    session = opencode_builder.ROOT
    own = {"part": {"id": "prt_1", "messageID": "msg_1", "sessionID": session, **part}} if part else {}
    return {"type": kind, "timestamp": opencode_builder.START + 1000, "sessionID": session, **own, **fields}


def opencode_step(spent: Record, reason: str = "stop", id: str = "prt_1", cost: float = 0.0) -> Record:  # noqa: A002
    """Return the end of a response."""
    part = {"id": id, "type": "step-finish", "reason": reason, "tokens": spent, "cost": cost}
    return opencode_line("step_finish", part)


def opencode_call(tool: str, state: Record, id: str = "prt_0") -> Record:  # noqa: A002
    """Return a finished call."""
    return opencode_line("tool_use", {"id": id, "type": "tool", "tool": tool, "callID": "call_1", "state": state})
