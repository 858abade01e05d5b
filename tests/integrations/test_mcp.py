"""Recorder of MCP sessions, tested on a real client and server within one process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.frameworks import load
from tests.telemetry.support import of_type, read_events
from tui_monitor.events import CallFinished, CallStarted, CallState
from tui_monitor.integrations import mcp


@pytest.fixture
def server() -> Iterator[Any]:
    """A server with a tool, its client's library instrumented."""
    load("mcp")
    mcp.instrument()
    mcp.instrument()
    yield _harbour()
    mcp.uninstrument()


def _harbour() -> Any:
    from mcp.server.mcpserver import MCPServer

    harbour = MCPServer("harbour")

    def berth(ship: str) -> str:
        """Return the berth of a ship."""
        if ship == "Ghost":
            raise ValueError("no such ship")
        return f"{ship} lies at berth 4"

    harbour.tool()(berth)
    return harbour


async def test_tool_calls_of_a_session_are_recorded(stream: Path, server: Any) -> None:
    from mcp.client import Client

    async with Client(server) as client:
        await client.call_tool("berth", {"ship": "Gull"})
        await client.call_tool("berth", {"ship": "Ghost"})
    events = read_events(stream)
    assert {(call.tool, call.input) for call in of_type(events, CallStarted)} == {
        ("mcp__harbour__berth", '{"ship":"Gull"}'),
        ("mcp__harbour__berth", '{"ship":"Ghost"}'),
    }
    good, bad = of_type(events, CallFinished)
    assert (good.state, good.output) == (CallState.OK, "Gull lies at berth 4")
    assert bad.state is CallState.FAILED
    assert "berth" in bad.error


async def test_nothing_is_recorded_any_more(stream: Path, server: Any) -> None:
    from mcp.client import Client

    mcp.uninstrument()
    async with Client(server) as client:
        await client.call_tool("berth", {"ship": "Gull"})
    assert read_events(stream) == []
