"""The names of color themes."""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES

from tui_monitor.cli.exit_status import CommandError
from tui_monitor.cli.path_args import quoted, suggestion


def check_theme(theme: str) -> None:
    """Check that a theme exists; the empty name is the default one.

    Raises:
        CommandError: it does not.
    """
    if error := theme_error(theme):
        raise CommandError(error)


def theme_error(theme: str) -> str:
    """Return a line on a theme that does not exist; empty if it does."""
    if not theme or theme in BUILTIN_THEMES:
        return ""
    close = suggestion(theme, BUILTIN_THEMES)
    hint = f"did you mean {quoted(close)}?" if close else f"choose from {', '.join(sorted(BUILTIN_THEMES))}."
    return f"unknown theme {quoted(theme)}: {hint}"
