"""The visible parts of the screen."""

import pytest

from tui_monitor.tui.screens.screen_layout import Overlay, ScreenLayout


def visible_parts(arrangement: ScreenLayout) -> str:
    parts = {"log": arrangement.log, "detail": arrangement.detail, "pane": arrangement.pane}
    return " ".join(name for name, is_shown in parts.items() if is_shown)


@pytest.mark.parametrize(
    ("width", "overlay", "parts"),
    [
        (80, None, "log"),
        (80, Overlay.DETAIL, "detail"),
        (80, Overlay.PANE, "pane"),
        (110, None, "log"),
        (110, Overlay.DETAIL, "log detail"),
        (110, Overlay.PANE, "log pane"),
        (140, None, "log detail pane"),
        (140, Overlay.PANE, "log detail pane"),
    ],
)
def test_visible_parts_by_width(width: int, overlay: Overlay | None, parts: str) -> None:
    assert visible_parts(ScreenLayout(width, overlay)) == parts


@pytest.mark.parametrize("width", [80, 110, 160])
def test_detail_in_full_width(width: int) -> None:
    assert visible_parts(ScreenLayout(width, Overlay.DETAIL, full=True)) == "detail"


def test_another_overlay_ends_the_full_width() -> None:
    assert ScreenLayout(160, Overlay.DETAIL, full=True).with_overlay(Overlay.PANE) == ScreenLayout(160, Overlay.PANE)
