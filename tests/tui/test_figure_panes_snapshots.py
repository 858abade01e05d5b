"""Pictures of the panes of figures at two sizes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tui.fake_source import FakeSource, app_context
from tests.tui.harbour_figures import FIGURES, NOW
from tests.tui.harbour_totals import deliveries, working_afternoon
from tests.tui.live_builder import SESSION
from tests.tui.test_monitor_snapshots import after
from tui_monitor.events import HookFailure, HookSuccess, RateLimitUpdate
from tui_monitor.feed.deliveries import EventsRead, FiguresLoaded, Progress
from tui_monitor.tui.app import MonitorApp
from tui_monitor.tui.app_context import MonitorSetup
from tui_monitor.tui.panes.registry import PANES, Pane
from tui_monitor.units import DAY, HOUR, MINUTE

SETUP = MonitorSetup(
    {"daily": 20.0, "weekly": 100.0, "session": 9.0},
    lambda: "genai-prices 1.2.3",
    (("tui-monitor", "1.0"), ("Python", "3.13.1")),
)
LIMITS = (
    RateLimitUpdate(session=SESSION, at=NOW - MINUTE, name="five hour", used_percent=61, resets_at=NOW + 2 * HOUR),
    RateLimitUpdate(session=SESSION, at=NOW - MINUTE, name="seven day", used_percent=20, resets_at=NOW + 2 * DAY),
    RateLimitUpdate(session=SESSION, at=NOW - MINUTE, name="seven day opus", used_percent=93, resets_at=NOW + 2 * DAY),
)
HOOKS = (
    HookFailure(
        session=SESSION, at=NOW - 9 * MINUTE, hook="make lint", occasion="Stop", error="3 are bad", exit_code=2
    ),
    HookSuccess(session=SESSION, at=NOW - MINUTE, hook="~/.config/notify.sh tides", occasion="Stop", duration_ms=1_400),
)


def app() -> MonitorApp:
    source = FakeSource(Progress(9, 9))
    source.deliver(*deliveries(working_afternoon()), EventsRead((*LIMITS, *HOOKS)), FiguresLoaded(SESSION, FIGURES))
    return MonitorApp(app_context(source, lambda: NOW, setup=SETUP))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("pane", [pane for pane in PANES if pane.figures], ids=lambda pane: pane.name)
def test_snapshot_of_a_pane(snap_compare: Callable[..., bool], pane: Pane, size: tuple[int, int]) -> None:
    assert snap_compare(app(), run_before=after(pane.key, "z"), terminal_size=size)
