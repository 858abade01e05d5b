"""Pictures of the search over all sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from tests.tui.fake_source import app_context
from tests.tui.monitor_bench import MonitorBench
from tests.tui.screens.test_search import answered
from tests.tui.search_bench import SearchedSource
from tui_monitor.live.alerts import AlertSettings
from tui_monitor.tui.app import MonitorApp

SnapCompare = Callable[..., bool]


def app() -> MonitorApp:
    source = SearchedSource()
    return MonitorApp(app_context(source, lambda: source.shown.now, alerts=AlertSettings().silent()))


def after(*words: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Return a function that searches, and goes to the second hit if there are words."""

    async def do(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, MonitorApp)
        source = SearchedSource()
        at = MonitorBench(pilot.app, pilot, source)
        source.store.close()
        await at.sees("WAITS FOR YOU")
        await at.press("F")
        await at.sees("only in this project")
        if words:
            await at.press(*words)
            await answered(at, "5 hits")
            await at.press("down")
        await pilot.pause()

    return do


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
def test_snapshot_of_search(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(), run_before=after(*"time"), terminal_size=size)


def test_snapshot_of_search_without_words(snap_compare: SnapCompare) -> None:
    assert snap_compare(app(), run_before=after(), terminal_size=(60, 20))
