"""Pictures of the activity log: every kind of row, in wide and narrow panes, dark, light and in 16 colours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.tui.harbour import afternoon
from tests.tui.log_app import LogApp

SnapCompare = Callable[..., bool]


def in_theme(theme: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Return a function that switches the theme."""

    async def switch(pilot: Pilot[None]) -> None:
        app: App[None] = pilot.app
        app.theme = theme
        await pilot.pause()

    return switch


def test_snapshot_wide_with_an_agent_unfolded(snap_compare: SnapCompare) -> None:
    assert snap_compare(LogApp(afternoon()), press=[*"NNNNkkkk", "right"], terminal_size=(120, 40))


def test_snapshot_following_in_80_columns(snap_compare: SnapCompare) -> None:
    assert snap_compare(LogApp(afternoon()), terminal_size=(80, 24))


@pytest.mark.parametrize("theme", ["monitor-light", "ansi-dark"])
def test_snapshot_narrow(snap_compare: SnapCompare, theme: str) -> None:
    assert snap_compare(LogApp(afternoon()), terminal_size=(48, 20), run_before=in_theme(theme))
