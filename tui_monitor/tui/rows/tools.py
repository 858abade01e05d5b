"""What tools are called."""

from __future__ import annotations

from tui_monitor.events import ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.tui.spans import one_line

_WORDS = {
    ToolKind.SHELL: "Bash",
    ToolKind.READ: "Read",
    ToolKind.EDIT: "Edit",
    ToolKind.WRITE: "Write",
    ToolKind.WEB: "Web",
    ToolKind.AGENT: "Agent",
    ToolKind.TODO: "Todo",
    ToolKind.ASK: "Ask",
    ToolKind.PLAN: "Plan",
    ToolKind.MCP: "MCP",
    ToolKind.WAIT: "Wait",
}


def tool_word(call: Call) -> str:
    """The name under which a person knows the tool."""
    if call.kind in _WORDS:
        return _WORDS[call.kind]
    name = one_line(call.tool)
    return name.capitalize() if name.islower() else name
