"""A session whose log is longer than what the monitor holds of it, and a source that gives the rest page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from tests.tui.fake_source import FakeSource, app_context
from tests.tui.live_builder import EIGHT_PM
from tests.tui.monitor_bench import MonitorBench
from tui_monitor.events import (
    AgentMessage,
    Batch,
    CallFinished,
    CallStarted,
    CallState,
    Change,
    ChangeKind,
    Checkpoint,
    CompactionUpdate,
    Event,
    Prompt,
    SessionKey,
    SessionUpdate,
    ToolKind,
)
from tui_monitor.feed.deliveries import DiscoveryResult, HistoryLoaded, KnownSessions, LogPageLoaded, TotalsUpdated
from tui_monitor.feed.log_pages import PageRequest, load_page
from tui_monitor.live.alerts import AlertSettings
from tui_monitor.store import private_store
from tui_monitor.tui.app import MonitorApp
from tui_monitor.tui.widgets.tool_log import ToolLog

LONG = SessionKey("claude-code", "long")
HELD = 120
"""Calls that the history has."""


def long_session(calls: int) -> Iterator[Event]:
    """Yield a session with so many calls, one a second: each 50th has a prompt, each 97th fails, each 89th changes a
    file; after 300 there is a compaction."""
    yield SessionUpdate(session=LONG, at=EIGHT_PM, cwd="/home/ada/harbour", title="A long voyage")
    for n in range(calls):
        at = EIGHT_PM + n * 1000
        if n % 50 == 0:
            yield Prompt(session=LONG, at=at - 10, text=f"Sail leg {n}")
        if n == 300:
            yield CompactionUpdate(session=LONG, at=at - 5, finished=True, trigger="auto", before=160_000, after=30_000)
        state = CallState.FAILED if n % 97 == 96 else CallState.OK
        kind, tool = (ToolKind.EDIT, "Edit") if n % 89 == 88 else (ToolKind.SHELL, "Bash")
        change = (
            (Change(ChangeKind.MODIFY, f"/home/ada/harbour/log-{n}.py", "", 1, 0),) if kind is ToolKind.EDIT else ()
        )
        subject = f"sail mile-{n}" if not change else f"/home/ada/harbour/log-{n}.py"
        yield CallStarted(session=LONG, at=at, call=f"c{n}", uid=f"u{n}", tool=tool, kind=kind, subject=subject)
        yield CallFinished(
            session=LONG,
            at=at + 100,
            call=f"c{n}",
            state=state,
            output=f"knot {n}",
            changes=change,
            error="aground" * (state is CallState.FAILED),
        )
        if n % 50 == 49:
            yield AgentMessage(session=LONG, at=at + 200, text=f"Leg {n - 49} is sailed.")


class PagedSource(FakeSource):
    """Delivers the last calls of a long session, and its pages."""

    def __init__(self, calls: int = 1000, held: int = HELD) -> None:
        self.store = private_store(bodies=True)
        events = tuple(long_session(calls))
        self.store.ingest(Batch("", Checkpoint("s", "/s", "claude-code", 1, "1"), events))
        history, totals = self.store.history(LONG, held), self.store.totals(LONG)
        super().__init__(
            DiscoveryResult((), ()), KnownSessions((LONG,)), HistoryLoaded(history), TotalsUpdated((totals,))
        )
        self.end = EIGHT_PM + calls * 1000
        self.answers = True

    def request_page(self, request: PageRequest) -> None:
        """Record the request, and deliver the page unless that is to wait."""
        super().request_page(request)
        if self.answers:
            self.deliver(LogPageLoaded(request, load_page(self.store, request)))


@asynccontextmanager
async def voyage(source: PagedSource, size: tuple[int, int] = (110, 32)) -> AsyncIterator[MonitorBench]:
    """Run the monitor on a long session."""
    app = MonitorApp(app_context(source, lambda: source.end, alerts=AlertSettings().silent()))
    async with app.run_test(size=size) as pilot:
        at = MonitorBench(app, pilot, source)
        await at.sees("sail mile-")
        yield at
    source.store.close()


def log_of(at: MonitorBench) -> ToolLog:
    """Return the log."""
    return at.view.activity.log_view


def selected(at: MonitorBench) -> str:
    """Return what the selected row is about."""
    item = log_of(at).selected
    return getattr(item.entry, "subject", "") or getattr(item.entry, "text", "") if item else ""
