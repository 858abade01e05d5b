"""Pictures of the whole monitor at four sizes, with panes, and of the empty screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.alerts.others import asking, done, working
from tests.tui.fake_source import FakeSource, app_context
from tests.tui.full_context import full_context
from tests.tui.harbour_totals import deliveries, working_afternoon
from tests.tui.monitor_bench import MonitorBench
from tui_monitor.feed.deliveries import Delivery, DiscoveryResult, EventsRead, Fault, Progress
from tui_monitor.live.alerts import AlertSettings
from tui_monitor.sources.discovery.find import SearchRoot
from tui_monitor.sources.stream.adapter import Stream
from tui_monitor.tui.app import MonitorApp

SnapCompare = Callable[..., bool]


def app(*more: Delivery, seconds_behind: float = 0.0) -> MonitorApp:
    live, source = working_afternoon(), FakeSource(Progress(9, 9))
    source.seconds_behind = seconds_behind
    source.deliver(*deliveries(live), *more)
    # A notice lies over what is below it for seconds, from a moment on that depends on the machine.
    return MonitorApp(app_context(source, lambda: live.now, alerts=AlertSettings().silent()))


def after(
    *keys: str, sees: str = "Push to origin", theme: str = "monitor-dark"
) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Return a function that waits for a text, presses keys and waits for what they began."""

    async def do(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, MonitorApp)
        pilot.app.theme = theme
        at = MonitorBench(pilot.app, pilot, FakeSource())
        await at.until(lambda: sees in at.text())
        await at.press(*keys)
        await at.until(lambda: all(worker.is_finished for worker in pilot.app.workers))  # the palette fills in one
        await pilot.pause()

    return do


def test_snapshot_with_all_parts(snap_compare: SnapCompare) -> None:
    assert snap_compare(app(), run_before=after(sees="AskUserQuestion (ask)"), terminal_size=(160, 45))


def test_snapshot_with_models_below(snap_compare: SnapCompare) -> None:
    trouble = Fault("a", "/srv/tides.jsonl is gone; what was read of it stays")
    assert snap_compare(app(trouble), run_before=after("m"), terminal_size=(120, 40))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_snapshot_of_the_context(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    live, source = full_context(), FakeSource(Progress(9, 9))
    source.deliver(*deliveries(live))
    app = MonitorApp(app_context(source, lambda: live.now))
    assert snap_compare(app, run_before=after("c", "z"), terminal_size=size)


def test_snapshot_in_80_columns(snap_compare: SnapCompare) -> None:
    assert snap_compare(app(), run_before=after(theme="monitor-light"), terminal_size=(80, 24))


def test_snapshot_looking_back_in_60_columns(snap_compare: SnapCompare) -> None:
    assert snap_compare(app(), run_before=after("N", theme="ansi-dark"), terminal_size=(60, 20))


def test_snapshot_behind(snap_compare: SnapCompare) -> None:
    assert snap_compare(app(seconds_behind=12.0), run_before=after(sees="BEHIND 12s"), terminal_size=(110, 32))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_snapshot_with_others_that_need_you(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    now = working_afternoon().now
    others = (asking("shop", now, 220), done("docs", now), working("api", now))
    read = [EventsRead(tuple(live.events)) for live in others]
    assert snap_compare(app(*read, Progress(1, 1)), run_before=after(sees="⚠ shop waits for you"), terminal_size=size)


def test_snapshot_why_this_state(snap_compare: SnapCompare) -> None:
    assert snap_compare(app(), run_before=after("i"), terminal_size=(80, 24))


def test_snapshot_empty(snap_compare: SnapCompare) -> None:
    roots = (SearchRoot(Stream(), Path("/home/ada/.agent/sessions"), 3), SearchRoot(Stream(), Path("/srv/streams"), 0))
    empty = MonitorApp(app_context(FakeSource(DiscoveryResult((), roots)), demo=FakeSource()))
    assert snap_compare(empty, run_before=after(sees="see the demo"), terminal_size=(80, 24))


@pytest.mark.parametrize("size", [(60, 20), (40, 15)])
def test_snapshot_in_few_columns(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    assert snap_compare(app(), run_before=after(sees="WAITS FOR YOU"), terminal_size=size)


@pytest.mark.parametrize("theme", ["monitor-light", "high-contrast", "color-blind", "ansi-dark"])
def test_snapshot_in_each_theme(theme: str, snap_compare: SnapCompare) -> None:
    assert snap_compare(app(), run_before=after("f", theme=theme), terminal_size=(120, 40))


@pytest.mark.parametrize(
    ("size", "sees"), [((80, 24), "Push to origin"), ((160, 45), "AskUserQuestion (ask)")], ids=["80x24", "160x45"]
)
@pytest.mark.parametrize("key", ["question_mark", "colon"])
def test_snapshot_of_help_and_palette(key: str, size: tuple[int, int], sees: str, snap_compare: SnapCompare) -> None:
    assert snap_compare(app(), run_before=after(key, sees=sees), terminal_size=size)
