"""Hostile text of agents reaches the terminal as harmless text only."""

from __future__ import annotations

import unicodedata

from textual.strip import Strip

from tests.tui.live_builder import EIGHT_PM, LiveBuilder
from tests.tui.monitor_bench import MonitorBench, monitor
from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentUpdate,
    CallState,
    Change,
    ChangeKind,
    CompactionUpdate,
    ContextUpdate,
    Health,
    PlanUpdate,
    RetryUpdate,
    SessionKey,
    SessionUpdate,
    ToolKind,
)
from tui_monitor.feed.deliveries import DiscoveryResult, EventsRead, Fault, ReadIssues, TotalsUpdated
from tui_monitor.ledger import Amount
from tui_monitor.totals import AgentTotal, FileTotal, ModelTotal, SessionTotals

HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x00\t\x9b2J\x9d52;c;\x9c[/bold][red]$x{y}%s "
    "港湾e\u0301\u200b\u202eback\u2066\U0001f469\u200d\U0001f467\r\n\x7f\ud800 end\x1b"
)


def session() -> LiveBuilder:
    """Return a session with hostile text in every field."""
    live = LiveBuilder(session=SessionKey("claude-code", HOSTILE))
    key = live.state.key
    live.apply(
        SessionUpdate(
            session=key,
            at=live.now,
            cwd=HOSTILE,
            branch=HOSTILE,
            version=HOSTILE,
            title=HOSTILE,
            path=HOSTILE,
            mode=HOSTILE,
        )
    )
    live.prompt(HOSTILE)
    live.apply(AgentMessage(session=key, at=live.now, text=HOSTILE))
    live.apply(PlanUpdate(session=key, at=live.now, completed=1, total=2, now=HOSTILE))
    live.apply(RetryUpdate(session=key, at=live.now, reason=HOSTILE, wait_ms=1_000))
    live.apply(CompactionUpdate(session=key, at=live.now, trigger=HOSTILE, before=9, after=3))
    live.apply(ContextUpdate(session=key, at=live.now, tokens=9, limit=99, limit_source=HOSTILE, model=HOSTILE))
    changes = (Change(ChangeKind.MODIFY, HOSTILE, f"@@ -1 +1 @@ {HOSTILE}\n-{HOSTILE}\n+{HOSTILE}\n", 1, 1, HOSTILE),)
    for kind in ToolKind:
        for state in CallState:
            call = live.start(HOSTILE, kind, HOSTILE, note=HOSTILE, input=HOSTILE, model=HOSTILE)
            live.finish(call, state, output=HOSTILE, error=HOSTILE, changes=changes, metadata=HOSTILE, approval=HOSTILE)
    agent = live.start(HOSTILE, ToolKind.AGENT, HOSTILE)
    live.agent("a-1", agent, type=HOSTILE, description=HOSTILE, model=HOSTILE, error=HOSTILE)
    live.apply(AgentUpdate(session=key, agent=HOSTILE, at=live.now, type=HOSTILE))
    live.progress(live.start(HOSTILE, ToolKind.SHELL, HOSTILE), HOSTILE)
    return live


def sums(live: LiveBuilder) -> SessionTotals:
    amount = Amount(1, 1, 1, cost=1)
    return SessionTotals(
        live.state.key,
        amount,
        files_changed=1,
        models=(ModelTotal(HOSTILE, HOSTILE, amount),),
        agents=(AgentTotal(MAIN, amount), AgentTotal(HOSTILE, amount)),
        files=(FileTotal(HOSTILE, 1, 1, 1),),
    )


def harmful(strip: Strip) -> set[str]:
    """Return the drawn characters that are none, or that change their neighbours."""
    return {char for char in strip.text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")}


async def assert_harmless(at: MonitorBench, size: tuple[int, int]) -> None:
    """Check that the screen shows only characters, and that each line is as wide as the screen."""
    await at.settle()
    strips = at.app.screen._compositor.render_strips()
    assert not [(strip.text, harmful_characters) for strip in strips if (harmful_characters := harmful(strip))]
    assert {strip.cell_length for strip in strips} == {size[0]}


async def test_hostile_session_is_harmless() -> None:
    live = session()
    async with monitor(
        EventsRead(tuple(live.events)), TotalsUpdated((sums(live),)), size=(160, 45), now=lambda: live.now
    ) as at:
        await at.until(lambda: at.screen.focused is at.view.activity.log_view)
        await at.deliver(Fault(HOSTILE, HOSTILE), ReadIssues(HOSTILE, Health(1, 1, 1, (HOSTILE,))))
        for size in ((160, 45), (110, 32), (80, 24), (40, 15)):
            await at.pilot.resize_terminal(*size)
            await assert_harmless(at, size)
        await at.pilot.resize_terminal(160, 45)
        for keys in ("m", "t", "i", "k", "1", "2", "3", "4", "slash", "escape", "s"):
            await at.press(keys)
            await assert_harmless(at, (160, 45))
        assert at.app.screen is not at.screen


async def test_hostile_notes_on_the_empty_screen_are_harmless() -> None:
    async with monitor(DiscoveryResult((HOSTILE, "[/]"), ()), now=lambda: EIGHT_PM) as at:
        await at.sees("Nothing to show")
        await assert_harmless(at, (80, 24))
