"""Words about the parts of a context."""

from __future__ import annotations

from tui_monitor.live.entries import Call
from tui_monitor.tui.rows.target import target_of, tool_word
from tui_monitor.units import compact


def estimate(tokens: int, is_exact: bool = False) -> str:
    """Return a number of tokens, with ``~`` unless the agent itself counted them."""
    return compact(tokens) if is_exact else f"~{compact(tokens)}"


def call_name(call: Call, folder: str) -> str:
    """Return a call in a few words: ``Read session.ex``."""
    target = target_of(call, folder)
    about = target.text.rpartition("/")[2] if target.path else target.text
    return f"{tool_word(call)} {about}".strip()
