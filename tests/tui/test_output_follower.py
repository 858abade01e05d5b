"""The output file of a background command, followed while its row is shown."""

from __future__ import annotations

from pathlib import Path

from tests.tui.harbour_totals import deliveries
from tests.tui.live_builder import LiveBuilder
from tests.tui.monitor_bench import monitor
from tui_monitor.events import CallProgress, CallState, ToolKind
from tui_monitor.feed.deliveries import EventsRead
from tui_monitor.tui.output_tail import OutputTail

FILE = "/tmp/agent/tasks/b1.output"
PRINTED = OutputTail("compiling tides\nlinking \x1b[31mquay\n", lines=70, counted=1000)


def read(path: Path, before: OutputTail) -> OutputTail:
    return PRINTED if str(path) == FILE else before


async def test_background_command_shows_its_output_file_also_after_its_end() -> None:
    live = LiveBuilder()
    call = live.start("Bash", ToolKind.SHELL, "make all")
    live.finish(call, state=CallState.BACKGROUND, output="Command running in background with ID: b1.")
    live.apply(CallProgress(session=live.state.key, at=live.now, call=call.id, output_file=FILE))
    async with monitor(*deliveries(live), size=(160, 40), now=lambda: live.now, read_output=read) as at:
        await at.sees("in background · Bash · 70 lines so far", "⋯ 68 lines before", "compiling tides", "linking quay")
        live.finish(call, output="it went well")
        await at.deliver(EventsRead(tuple(live.events[-1:])))
        await at.sees("✓ ok · Bash", "it went well", "its output file", "linking quay")
