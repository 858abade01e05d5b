"""The identity of this process on the lines of its sessions and agents: by it a monitor knows when they have ended."""

from __future__ import annotations

import os

from tui_monitor.process_identity import process_space, process_start
from tui_monitor.telemetry.recorder.settings import current_settings

_facts: dict[str, object] = {}


def process_facts() -> dict[str, object]:
    """Return the fields of an ``agent`` line that identify this process."""
    global _facts
    if _facts.get("process_id") != os.getpid():  # a forked child inherits those of its parent
        facts = {
            "process_id": os.getpid(),
            "process_started": process_start(os.getpid()),
            "process_space": process_space(),
        }
        _facts = {name: value for name, value in facts.items() if value}
    return _facts


def runs_in_another_process(session_id: str) -> bool:
    """Return True if the stream of a session states that another process, which lives, runs it. Never raises."""
    settings = current_settings()
    if not (settings.enabled and settings.persist):
        return False
    try:
        from tui_monitor.telemetry.recorder.open_sessions import runs_elsewhere
        from tui_monitor.telemetry.recorder.streams import stream_path

        return runs_elsewhere(stream_path(settings, session_id), session_id)
    except Exception:  # the stream may be unreadable: recording will say so
        return False
