"""The monitor's own color themes, and the colours of tones in any other theme.

Each colour means one thing: green works or went well, red failed or is stuck, yellow concerns you (reversed: the agent
waits for you), magenta is retried, cyan thinks, blue begins and ends a turn, violet is a sub-agent. What is common has
no colour of an alarm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tui_monitor.tui.contrast import readable

SYNTAX = ("foreground", "dim", "faint", "turn", "agent", "string", "constant", "added", "removed")
"""The texts of a palette that stand in changed lines, too."""

DEFAULT = "monitor-dark"
FEW_COLORS = "ansi-dark"
"""The theme for terminals with 16 colours: the colours of the terminal itself."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme: five surfaces, then texts, then what lies behind changed lines."""

    background: str
    surface: str
    panel: str
    cursor: str
    """Behind the selected row of the focused pane."""
    cursor_blurred: str
    """Behind the selected row of another pane."""

    foreground: str
    dim: str
    faint: str
    """Line numbers, what is disabled: the least that is readable."""
    line: str
    """Borders and rules."""
    focus: str
    """The border of the focused pane, its title, and what is chosen."""
    level: str
    """The bar of a context with room."""

    ok: str
    failed: str
    you: str
    retry: str
    thinking: str
    turn: str
    agent: str
    string: str
    constant: str

    added: str
    removed: str
    diff_added: str
    diff_removed: str
    diff_added_word: str
    diff_removed_word: str


_DARK = Palette(
    background="#0e1116",
    surface="#151a21",
    panel="#1a2029",
    cursor="#1d3050",
    cursor_blurred="#222934",
    foreground="#d8dee8",
    dim="#a1acbc",
    faint="#8f9bad",
    line="#3d4859",
    focus="#6ea8ff",
    level="#86a2d4",
    ok="#7fd39a",
    failed="#ff8f94",
    you="#f4cb55",
    retry="#e59cf0",
    thinking="#72d3e0",
    turn="#86b7ff",
    agent="#bcaaff",
    string="#a9d6a0",
    constant="#e5ae85",
    added="#7fd39a",
    removed="#ff8f94",
    diff_added="#13301f",
    diff_removed="#3a1a21",
    diff_added_word="#19422a",
    diff_removed_word="#56222e",
)

_LIGHT = Palette(
    background="#fbfcfe",
    surface="#f2f5f9",
    panel="#e9eef5",
    cursor="#cfe1fb",
    cursor_blurred="#e3e8ef",
    foreground="#1d2530",
    dim="#4f5a6b",
    faint="#505b6c",
    line="#b4bfce",
    focus="#1a56c4",
    level="#44639a",
    ok="#0a612f",
    failed="#a81029",
    you="#704a00",
    retry="#86208c",
    thinking="#005a68",
    turn="#174fae",
    agent="#573ab2",
    string="#2f5c14",
    constant="#7d4212",
    added="#0a612f",
    removed="#a81029",
    diff_added="#d9f2e0",
    diff_removed="#fbe0e3",
    diff_added_word="#b8e5c5",
    diff_removed_word="#f5c6cc",
)

_CONTRAST = Palette(
    background="#000000",
    surface="#0a0a0a",
    panel="#141414",
    cursor="#00317a",
    cursor_blurred="#2a2a2a",
    foreground="#ffffff",
    dim="#d6d6d6",
    faint="#c8c8c8",
    line="#b0b0b0",
    focus="#ffffff",
    level="#b9d2ff",
    ok="#7dffa4",
    failed="#ffb0b0",
    you="#ffe45c",
    retry="#ffb3ff",
    thinking="#7df4ff",
    turn="#a9d0ff",
    agent="#d9ccff",
    string="#c4f5b8",
    constant="#ffd0a6",
    added="#7dffa4",
    removed="#ffb0b0",
    diff_added="#00290f",
    diff_removed="#3b000a",
    diff_added_word="#003d17",
    diff_removed_word="#5c0012",
)

_COLOR_BLIND = Palette(
    background="#0e1116",
    surface="#151a21",
    panel="#1a2029",
    cursor="#23324b",
    cursor_blurred="#222934",
    foreground="#dde3ec",
    dim="#a3aebe",
    faint="#939fb0",
    line="#3d4859",
    focus="#ffffff",
    level="#98a6bd",
    ok="#5fb8f5",
    failed="#ff9a4a",
    you="#f7e463",
    retry="#e7a3cf",
    thinking="#a8e0d4",
    turn="#b7c6ff",
    agent="#cdb9f0",
    string="#a8d6e8",
    constant="#e8c9a0",
    added="#5fb8f5",
    removed="#ff9a4a",
    diff_added="#10294a",
    diff_removed="#3d230c",
    diff_added_word="#163a67",
    diff_removed_word="#58310e",
)

_PALETTES = {
    DEFAULT: (_DARK, True),
    "monitor-light": (_LIGHT, False),
    "high-contrast": (_CONTRAST, True),
    "color-blind": (_COLOR_BLIND, True),
}


def _theme(name: str, palette: Palette, dark: bool) -> Theme:
    return Theme(
        name,
        primary=palette.focus,
        secondary=palette.agent,
        accent=palette.turn,
        warning=palette.you,
        error=palette.failed,
        success=palette.ok,
        foreground=palette.foreground,
        background=palette.background,
        surface=palette.surface,
        panel=palette.panel,
        dark=dark,
        variables=_variables(palette),
    )


def _variables(palette: Palette) -> dict[str, str]:
    """Return the colours of a palette by their names in styles, and those of Textual's own widgets."""
    own = {"tone-" + name.replace("_", "-"): color for name, color in asdict(palette).items()}
    return {
        **own,
        "text": palette.foreground,
        "text-muted": palette.dim,
        "text-disabled": palette.faint,
        "text-primary": palette.turn,
        "text-secondary": palette.agent,
        "text-accent": palette.turn,
        "text-warning": palette.you,
        "text-error": palette.failed,
        "text-success": palette.ok,
        "border": palette.focus,
        "border-blurred": palette.line,
        "block-cursor-foreground": palette.foreground,
        "block-cursor-background": palette.cursor,
        "block-cursor-blurred-foreground": palette.foreground,
        "block-cursor-blurred-background": palette.cursor_blurred,
        "block-hover-background": palette.cursor_blurred,
        "scrollbar": palette.line,
        "scrollbar-hover": palette.faint,
        "scrollbar-active": palette.focus,
        "scrollbar-background": palette.background,
        "scrollbar-background-hover": palette.background,
        "scrollbar-background-active": palette.background,
        "scrollbar-corner-color": palette.background,
        "screen-selection-background": palette.cursor,
        "input-selection-background": palette.cursor,
    }


OWN_THEMES: Mapping[str, Theme] = {name: _theme(name, *palette) for name, palette in _PALETTES.items()}
ALL_THEMES: Mapping[str, Theme] = {**OWN_THEMES, **BUILTIN_THEMES}
"""The themes by name, the monitor's own first."""

_ANSI = {
    **dict.fromkeys(("background", "surface", "panel", "cursor", "cursor-blurred"), "ansi_default"),
    **dict.fromkeys(("foreground", "dim", "faint", "line", "level"), "ansi_default"),
    **dict.fromkeys(("diff-added", "diff-removed", "diff-added-word", "diff-removed-word"), "ansi_default"),
    **dict.fromkeys(("ok", "added", "string"), "ansi_green"),
    **dict.fromkeys(("failed", "removed"), "ansi_red"),
    **dict.fromkeys(("you", "constant"), "ansi_yellow"),
    **dict.fromkeys(("retry", "agent"), "ansi_magenta"),
    "thinking": "ansi_cyan",
}


def variables_of(theme: Theme, generated: Mapping[str, str]) -> Mapping[str, str]:
    """Return what the monitor's styles need in a theme beyond the variables that Textual has ``generated`` for it."""
    if theme.name in OWN_THEMES:
        return {}
    if theme.ansi:
        return _ansi_variables(theme.dark)
    return _variables(_derived(theme.dark, {name: Color.parse(generated[name]) for name in _BASES}))


def _ansi_variables(dark: bool) -> Mapping[str, str]:
    """Return the colours of a terminal with 16 of them. Its blue is hardly readable on black."""
    blue = "ansi_bright_blue" if dark else "ansi_blue"
    frames = {"border": blue, "border-blurred": "ansi_bright_black", "scrollbar": "ansi_bright_black"}
    tones = {**_ANSI, "turn": blue, "focus": blue}
    return {**{"tone-" + name: color for name, color in tones.items()}, **frames}


_BASES = ("background", "surface", "panel", "foreground", "primary", "success", "error")


def _derived(dark: bool, colors: Mapping[str, Color]) -> Palette:
    """Return the colours of a theme of Textual, those of texts changed until they are readable everywhere."""
    background, foreground = colors["background"], colors["foreground"]
    surfaces = {name: background + colors[name] for name in ("background", "surface", "panel")}
    surfaces["cursor"] = background.blend(colors["primary"], 0.25)
    surfaces["cursor_blurred"] = background.blend(foreground, 0.1)
    behind = [surfaces[name] for name in surfaces]
    diffs = {
        "diff_added": background.blend(colors["success"], 0.14),
        "diff_removed": background.blend(colors["error"], 0.14),
        "diff_added_word": background.blend(colors["success"], 0.24),
        "diff_removed_word": background.blend(colors["error"], 0.24),
    }
    hues = {
        "foreground": foreground,
        "dim": background.blend(foreground, 0.68),
        "faint": background.blend(foreground, 0.55),
        "line": background.blend(foreground, 0.3),
        "focus": colors["primary"],
        "level": background.blend(colors["primary"], 0.8),
        "ok": colors["success"],
        "failed": colors["error"],
        "you": Color.parse("#f4cb55" if dark else "#704a00"),
        "retry": Color.parse("#e59cf0" if dark else "#86208c"),
        "thinking": Color.parse("#72d3e0" if dark else "#005a68"),
        "turn": Color.parse("#86b7ff" if dark else "#174fae"),
        "agent": Color.parse("#bcaaff" if dark else "#573ab2"),
        "string": colors["success"],
        "constant": Color.parse("#e5ae85" if dark else "#7d4212"),
        "added": colors["success"],
        "removed": colors["error"],
    }
    texts = {name: color if name == "line" else readable(color, behind) for name, color in hues.items()}
    on_diffs = [*behind, *diffs.values()]
    texts |= {name: readable(hues[name], on_diffs) for name in SYNTAX}
    return Palette(**{name: color.hex for name, color in {**surfaces, **texts, **diffs}.items()})
