"""Which theme a terminal gets, and what is said of an unknown one."""

from __future__ import annotations

import pytest

from tui_monitor.cli.themes import default_theme, theme_error
from tui_monitor.tui.themes import DEFAULT, FEW_COLORS


@pytest.mark.parametrize(
    ("term", "colorterm", "theme"),
    [
        ("xterm", "", FEW_COLORS),
        ("screen", "", FEW_COLORS),
        ("", "", FEW_COLORS),
        ("xterm", "truecolor", DEFAULT),
        ("screen", "24bit", DEFAULT),
        ("xterm-256color", "", DEFAULT),
        ("xterm-kitty", "", DEFAULT),
    ],
)
def test_theme_fits_the_colors_of_the_terminal(term: str, colorterm: str, theme: str) -> None:
    assert default_theme({"TERM": term, "COLORTERM": colorterm}) == theme


def test_unknown_theme_is_answered_with_a_similar_one() -> None:
    assert theme_error("monitor-drak") == 'unknown theme "monitor-drak": did you mean "monitor-dark"?'
    assert theme_error("high-contrast") == theme_error("nord") == theme_error("") == ""
