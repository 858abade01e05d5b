"""What a row of a pane leads to: the one place that knows what is done with each kind of target."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from textual.app import App

from tui_monitor.live.session import SessionState
from tui_monitor.tui import external_actions
from tui_monitor.tui.panes.content import (
    AgentTarget,
    CallTarget,
    FileTarget,
    FilterTarget,
    MomentTarget,
    PaneRow,
    Target,
)


class PaneHost(Protocol):
    """What shows the session of a pane."""

    @property
    def app(self) -> App[Any]:
        """The app, which has the clipboard and shows notices."""

    @property
    def session(self) -> SessionState | None:
        """The session on the screen."""

    def show_only(self, filter_text: str) -> None:
        """Show the rows of the log that a filter leaves, and go there."""

    def show_file(self, path: str) -> None:
        """Show what the session did to a file."""

    def show_call(self, call: str) -> None:
        """Select a call of the log, and open it."""

    def show_moment(self, at: int) -> None:
        """Select the row of the log at a time (epoch ms)."""


_NOTHING = {
    "open": "There is nothing to open behind this row.",
    "edit": "This row is no file.",
    "copy": "There is nothing to copy in this row.",
}


def open_row(host: PaneHost, row: PaneRow, action: str) -> None:
    """Do with a row of a pane what a person has asked for: ``open``, ``edit`` or ``copy``; say so if that has no
    effect."""
    actions = {"open": _open, "edit": _edit, "copy": _copy}
    if not actions[action](host, row):
        host.app.notify(_NOTHING[action])


def _open(host: PaneHost, row: PaneRow) -> bool:
    match row.target:
        case FileTarget(path):
            host.show_file(path)
        case AgentTarget(agent):
            host.show_only(f'agent:"{agent or "main"}"')
        case CallTarget(call):
            host.show_call(call)
        case FilterTarget(text):
            host.show_only(text)
        case MomentTarget(at):
            host.show_moment(at)
        case None:
            return False
    return True


def _edit(host: PaneHost, row: PaneRow) -> bool:
    path, line = _file_of(row.target)
    if not path or (state := host.session) is None:
        return False
    external_actions.edit(host.app, Path(state.folder) / path, line)
    return True


def _file_of(target: Target | None) -> tuple[str, int]:
    """Return the file of a target and a line in it; an empty path if it has none."""
    match target:
        case FileTarget(path, line):
            return path, line
        case AgentTarget(log_file=path):
            return path, 0
    return "", 0


def _copy(host: PaneHost, row: PaneRow) -> bool:
    text = row.copied or _text_of(row.target)
    if text:
        host.app.copy_to_clipboard(text)
        host.app.notify("Copied.")
    return bool(text)


def _text_of(target: Target | None) -> str:
    """Return what a target is called by."""
    return str(target[0]) if target else ""
