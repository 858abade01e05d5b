"""Short names of long things."""

from __future__ import annotations

import re
from pathlib import PurePath

from tui_monitor.live.session import SessionState

_VENDOR = re.compile(r"^.*/|^(?:us|eu|apac|global)\.|^anthropic\.|^models/|^claude-(?=[a-z])")
_DATE = re.compile(r"[-@]20\d{6}(?:-v\d+:\d+)?$|-latest$|-v\d+:\d+$")


def short_model(model: str) -> str:
    """A model's name without its maker and date: ``claude-opus-4-6-20260101`` is ``opus-4-6``."""
    previous = None
    while model != previous:
        previous, model = model, _VENDOR.sub("", model)
    return _DATE.sub("", model) or previous


def session_name(state: SessionState) -> str:
    """What a person would call the session: its folder, else its title, else the beginning of its id."""
    folder = PurePath(state.cwd.replace("\\", "/")).name if state.cwd else ""
    return folder or state.title or state.key.id[:8]
