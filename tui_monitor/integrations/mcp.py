"""Recorder for the Model Context Protocol: ``instrument()`` records every tool that a client session calls.

A tool is named ``mcp__server__tool``, as coding agents do. Calls through a framework that is recorded itself are
children of nothing: record either the framework's tools or these.
"""

from __future__ import annotations

from typing import Any

from tui_monitor.integrations.patches import Method, Patches
from tui_monitor.telemetry.context_managers import execution
from tui_monitor.telemetry.recorder.executions import ToolExecution
from tui_monitor.telemetry.recorder.json_codec import output_text
from tui_monitor.telemetry.recorder.record import never_raises
from tui_monitor.telemetry.recorder.response_fields import field, first_field, items, text

_PATCHES = Patches()


def instrument() -> None:
    """Record every tool call of all client sessions of this process, from now on. Doing it twice changes nothing.

    Raises:
        ImportError: The MCP SDK is not installed.
    """
    from mcp import ClientSession

    _PATCHES.apply(lambda: _PATCHES.replace(ClientSession, "call_tool", _recorded))


def uninstrument() -> None:
    """Record nothing more."""
    _PATCHES.undo()


def _recorded(original: Method) -> Method:
    async def call_tool(self: Any, name: str, arguments: Any = None, *args: Any, **kwargs: Any) -> Any:
        with execution(f"mcp__{_server_name(self)}__{name}", arguments) as call:
            result = await original(self, name, arguments, *args, **kwargs)
            _add_result(call, result)
            return result

    return call_tool


def _server_name(session: Any) -> str:
    """Return the name by which the server introduced itself, as part of a tool's name."""
    result = first_field(session, "initialize_result", "_initialize_result")
    server = first_field(result, "server_info", "serverInfo") or field(session, "_discover_server_info")
    return text(server, "name").replace(" ", "_") or "server"


@never_raises
def _add_result(call: ToolExecution, result: Any) -> None:
    parts = [text(part, "text") or f"[{text(part, 'type')}]" for part in items(field(result, "content"))]
    output = "\n".join(parts) or output_text(first_field(result, "structured_content", "structuredContent"))
    call.output = output
    if first_field(result, "is_error", "isError") is True:
        call.error = output or "failed"
