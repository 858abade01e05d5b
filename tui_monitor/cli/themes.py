"""The names of color themes."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from tui_monitor.cli.exit_status import CommandError
from tui_monitor.cli.path_args import quoted, suggestion

_TRUE_COLORS = ("truecolor", "24bit")
_MANY_COLORS = ("256color", "direct", "kitty")


def check_theme(theme: str) -> None:
    """Check that a theme exists; the empty name is the default one.

    Raises:
        CommandError: it does not.
    """
    if error := theme_error(theme):
        raise CommandError(error)


def theme_error(theme: str) -> str:
    """Return a line on a theme that does not exist; empty if it does."""
    from tui_monitor.tui.themes import ALL_THEMES

    if not theme or theme in ALL_THEMES:
        return ""
    close = suggestion(theme, ALL_THEMES)
    hint = f"did you mean {quoted(close)}?" if close else f"choose from {', '.join(ALL_THEMES)}."
    return f"unknown theme {quoted(theme)}: {hint}"


def default_theme(environment: Mapping[str, str]) -> str:
    """Return the theme for a terminal where none is chosen: on one with 16 colours its own, for which any other colour
    would be replaced by the nearest, often white."""
    from tui_monitor.tui.themes import DEFAULT, FEW_COLORS

    is_true = environment.get("COLORTERM", "").strip().lower() in _TRUE_COLORS
    has_many = environment.get("TERM", "").strip().lower().endswith(_MANY_COLORS)
    return DEFAULT if is_true or has_many or sys.platform == "win32" else FEW_COLORS
