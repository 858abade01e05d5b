"""The agents whose settings can be made to report more, and where what they report is kept."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from tui_monitor.sources.settings import ProposeChange

CHANGES = {
    "claude-code": "tui_monitor.sources.claude_code.settings:propose_change",
    "codex": "tui_monitor.sources.codex.settings:propose_change",
    "gemini": "tui_monitor.sources.gemini.settings:propose_change",
}
"""The functions that propose the changes, by the names of adapters."""

PAYLOADS = "claude-code"
"""The agent whose hooks and status line hand over payloads."""


def proposer(agent: str) -> ProposeChange:
    """Return the function for one of the agents."""
    from pkgutil import resolve_name

    function: ProposeChange = resolve_name(CHANGES[agent])
    return function
