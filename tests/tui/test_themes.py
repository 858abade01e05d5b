"""The themes: readable everywhere, and told apart by those who see few colours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from textual.color import Color
from textual.theme import Theme

from tests.tui.fake_source import FakeSource, app_context
from tests.tui.harbour_totals import working_afternoon
from tui_monitor.config.model import DisplayConfig
from tui_monitor.tui.app import MonitorApp
from tui_monitor.tui.contrast import contrast, readable
from tui_monitor.tui.spans import Tone
from tui_monitor.tui.themes import ALL_THEMES, DEFAULT, FEW_COLORS, OWN_THEMES, SYNTAX, variables_of
from tui_monitor.tui.tones import STYLES

SURFACES = ("background", "surface", "panel", "cursor", "cursor-blurred")
DIFFS = ("diff-added", "diff-removed", "diff-added-word", "diff-removed-word")
COLORED = [name for name, theme in ALL_THEMES.items() if not theme.ansi]
TEXTS = sorted(
    {style.split()[-1].removeprefix("$tone-") for tone, style in STYLES.items() if tone not in (Tone.LINE, Tone.HIT)}
    | {"focus", "faint", *SYNTAX}
)


def colors_of(theme: Theme) -> Mapping[str, Color]:
    """Return the colours of tones in a theme."""
    variables = {**theme.to_color_system().generate(), **theme.variables}
    variables.update(variables_of(theme, variables))
    return {
        name.removeprefix("tone-"): Color.parse(color) for name, color in variables.items() if name.startswith("tone-")
    }


def on_surfaces(colors: Mapping[str, Color]) -> Iterator[tuple[str, str, float]]:
    """Yield each text with what it stands on, and their contrast."""
    pairs = [*product(TEXTS, SURFACES), *product(SYNTAX, DIFFS)]  # line numbers stand beside words, not on them
    pairs = [pair for pair in pairs if not (pair[0] == "faint" and pair[1].endswith("-word"))]
    yield from ((text, behind, contrast(colors[text], colors[behind])) for text, behind in pairs)


@pytest.mark.parametrize("name", COLORED)
def test_every_text_is_readable_on_all_that_it_can_stand_on(name: str) -> None:
    enough = 7.0 if name == "high-contrast" else 4.5
    assert [pair for pair in on_surfaces(colors_of(ALL_THEMES[name])) if pair[-1] < enough] == []


@pytest.mark.parametrize("name", ALL_THEMES)
def test_frame_of_the_focused_pane_has_the_colour_of_its_title(name: str) -> None:
    theme = ALL_THEMES[name]
    variables = {**theme.to_color_system().generate(), **theme.variables}
    variables.update(variables_of(theme, variables))
    variables.update(theme.variables if name in OWN_THEMES else {})
    assert variables["border"] == variables["tone-focus"]
    assert variables["border"] != variables["border-blurred"]


def test_contrast_of_black_and_white_and_of_equals() -> None:
    black, white = Color.parse("black"), Color.parse("white")
    assert contrast(black, white) == contrast(white, black) == pytest.approx(21)
    assert contrast(white, white) == 1


def test_readable_keeps_a_readable_colour_and_changes_any_other_least() -> None:
    white = Color.parse("white")
    assert readable(Color.parse("navy"), [white]) == Color.parse("navy")
    pale = readable(Color.parse("yellow"), [white])
    assert 4.5 <= contrast(pale, white) < 5.5


_SEEN_BY = {
    "protan": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deutan": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritan": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""What people see who lack one kind of cones: matrices on linear colours (Machado and others, 2009)."""
OPPOSITES = (("ok", "failed"), ("added", "removed"), ("ok", "you"), ("failed", "thinking"), ("you", "thinking"))


@pytest.mark.parametrize("kind", _SEEN_BY)
def test_opposites_are_told_apart_in_the_theme_for_the_color_blind(kind: str) -> None:
    colors = colors_of(ALL_THEMES["color-blind"])
    seen = {name: _lab(_seen_by(kind, colors[name])) for pair in OPPOSITES for name in pair}
    assert [pair for pair in OPPOSITES if _distance(seen[pair[0]], seen[pair[1]]) < 25] == []


Triple = tuple[float, float, float]


def _linear(color: Color) -> Triple:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return red, green, blue


def _seen_by(kind: str, color: Color) -> Triple:
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, _linear(color), strict=True)))) for row in _SEEN_BY[kind]
    )
    return red, green, blue


def _lab(linear: Triple) -> Triple:
    red, green, blue = linear
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _distance(one: Triple, other: Triple) -> float:
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5)


def app_in(theme: str) -> MonitorApp:
    return MonitorApp(app_context(FakeSource(), lambda: working_afternoon().now, display=DisplayConfig(theme=theme)))


def test_own_theme_is_the_default_and_any_other_can_be_chosen() -> None:
    assert app_in("").theme == DEFAULT
    assert app_in("nord").theme == "nord"
    assert app_in(FEW_COLORS).theme == FEW_COLORS


def test_own_themes_are_offered() -> None:
    assert set(OWN_THEMES) <= set(app_in("").available_themes)
