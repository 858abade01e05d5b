"""Shared by the readers of wire logs: ids and texts."""

from __future__ import annotations

from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import tables, text

SOURCE = "kimi-code"
_MAX_ID = 200


def id_of(value: object) -> str:
    """Return an id as text of bounded length; empty without one."""
    return text(value)[:_MAX_ID]


def content_text(content: object) -> str:
    """Return the text of a message: a string, or the text parts of a list."""
    if isinstance(content, str):
        return content
    return "\n".join(filter(None, (text(part.get("text")) for part in tables(content))))


def thought(part: Record) -> str:
    """Return the reasoning in a part of a response; empty for other parts."""
    return text(part.get("think")).strip() if part.get("type") == "think" else ""
