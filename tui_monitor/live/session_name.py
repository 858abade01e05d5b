"""The name of a session where there is room for a word or two."""

from __future__ import annotations

from pathlib import PurePath

from tui_monitor.live.session import SessionState


def session_name(state: SessionState) -> str:
    """Return a short name of a session: its folder, else its title, else the beginning of its id."""
    folder = PurePath(state.folder.replace("\\", "/")).name if state.folder else ""
    return folder or state.title or state.key.id[:8]
