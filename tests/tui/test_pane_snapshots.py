"""Pictures of the panes that are walked, and of a file over the session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.tui.diff.test_composition import edits
from tests.tui.fake_source import FakeSource, app_context
from tests.tui.harbour_totals import deliveries, working_afternoon
from tests.tui.monitor_bench import MonitorBench
from tests.tui.test_file_view import HEAD, history
from tui_monitor.events import AgentStatus, AgentUpdate
from tui_monitor.tui.app import MonitorApp

SnapCompare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])

BEFORE = """\
from datetime import datetime, timedelta

OFFSET = timedelta(hours=1)


def local(tide: datetime) -> datetime:
    return tide + OFFSET


def high_water(harbour: str) -> datetime:
    return local(TABLE[harbour])
""".splitlines()
BETWEEN = [*BEFORE[:6], "    return tide + (OFFSET if tide.month > 3 else 2 * OFFSET)", *BEFORE[7:]]
AFTER = [
    "from datetime import datetime",
    "from zoneinfo import ZoneInfo",
    *BEFORE[3:5],
    "def local(tide: datetime, zone: ZoneInfo) -> datetime:",
    "    return tide.astimezone(zone)",
    *BEFORE[7:],
]


def after(*keys: str, sees: str, then: tuple[str, str] | None = None) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Return a function that presses keys and waits for a text; ``then`` for another key and its text."""

    async def do(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, MonitorApp)
        at = MonitorBench(pilot.app, pilot, FakeSource())
        await at.until(lambda: "Push to origin" in at.text())
        await at.until(lambda: at.screen.focused is at.view.activity.log_view)
        for key in keys:
            await at.press(key)
            await at.until(lambda: at.view.side_pane.rows.row is not None)
        await at.until(lambda: sees in at.text())
        if then:
            await at.press(then[0])
            await at.sees(then[1])
        await pilot.pause()

    return do


def app() -> MonitorApp:
    """Return the afternoon with agents below agents, and the history of a file."""
    live = working_afternoon()
    live.apply(
        AgentUpdate(
            session=live.state.key,
            agent="a-3",
            at=live.now,
            parent="a-2",
            type="Linter",
            description="Format what was changed",
            status=AgentStatus.FAILED,
            exit_code=2,
            error="ruff: no such file",
            plan="summer-time",
            task="format",
            log_file="/home/ada/.logs/linter.log",
        )
    )
    source = FakeSource()
    source.deliver(*deliveries(live))
    request = source.request_file

    def answer(session: object, path: str) -> None:
        request(live.state.key, path)
        source.deliver(history(*edits(BEFORE, BETWEEN, AFTER)))

    source.request_file = answer  # type: ignore[method-assign]
    context = app_context(source, lambda: live.now)
    return MonitorApp(replace(context, head_diff=lambda path: HEAD))


@SIZES
def test_snapshot_of_files(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(), run_before=after("f", "j", sees="2 of 3"), terminal_size=size)


@SIZES
def test_snapshot_of_agents(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(), run_before=after("t", "j", sees="2 of 4"), terminal_size=size)


@SIZES
def test_snapshot_of_a_file_over_the_session(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(app(), run_before=after("f", "enter", sees="from zoneinfo"), terminal_size=size)


@SIZES
def test_snapshot_of_a_file_against_git(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    opened = after("f", "enter", sees="from zoneinfo", then=("3", "formatted"))
    assert snap_compare(app(), run_before=opened, terminal_size=size)
