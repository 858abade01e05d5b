"""The envelope of a line: session, agent, time, and what kind of record it holds."""

from __future__ import annotations

from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import table

SOURCE = "qwen"
TYPES = ("user", "assistant", "tool_result", "system")


def is_line(record: Record) -> bool:
    """Return True for a line of Qwen Code: Claude Code's envelope around parts of a message as Gemini has them."""
    if record.get("type") not in TYPES or not {"sessionId", "uuid", "parentUuid"} <= record.keys():
        return False
    if record["type"] == "system":
        return "subtype" in record and "systemPayload" in record
    return isinstance(table(record.get("message")).get("parts"), list) or "usageMetadata" in record
