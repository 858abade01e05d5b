"""Behind a card everything has the colours that Textual would give it."""

from __future__ import annotations

from rich.segment import ControlType, Segment
from rich.style import Style
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen

from tui_monitor.tui.screens.backdrop import Backdrop

SEGMENTS = [
    Segment("berth", Style.parse("bold red on #102030")),
    Segment(" ", None),
    Segment("tide", Style(color="#ffffff", link="https://example.org", meta={"@click": "x"})),
    Segment("berth", Style.parse("bold red on #102030")),
    Segment("", None, [(ControlType.HOME,)]),
]


def test_segments_have_the_styles_that_textual_gives_them() -> None:
    for color in (Color(0, 0, 0, 0.6), Color(10, 200, 30, 0.1), Color(0, 0, 0, 0)):
        expected = list(BackgroundScreen.process_segments(SEGMENTS, color))
        assert list(Backdrop.process_segments(SEGMENTS, color)) == expected
