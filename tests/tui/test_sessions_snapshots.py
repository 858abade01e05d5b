"""Pictures of the screen of all sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from tests.tui.fake_source import FakeSource, app_context
from tests.tui.fleet import FOLDERS, NOW, fleet, past
from tests.tui.monitor_bench import MonitorBench
from tui_monitor.feed.deliveries import SessionsListed
from tui_monitor.tui.app import MonitorApp

SnapCompare = Callable[..., bool]


def app() -> MonitorApp:
    return MonitorApp(app_context(FakeSource(*fleet(), SessionsListed(past())), lambda: NOW, folders=FOLDERS))


def after(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Return a function that waits for all sessions and presses keys."""

    async def do(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, MonitorApp)
        at = MonitorBench(pilot.app, pilot, FakeSource())
        await at.until(lambda: "Ended 3" in at.text())
        await at.press(*keys)
        await pilot.pause()

    return do


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
def test_snapshot_of_sessions(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(), run_before=after("j", "j"), terminal_size=size)


def test_snapshot_of_filtered_sessions(snap_compare: SnapCompare) -> None:
    assert snap_compare(app(), run_before=after("slash", *"chart"), terminal_size=(60, 20))
