"""The sessions that this process runs, whose end is recorded when the process ends."""

from __future__ import annotations

import os

from tui_monitor.telemetry.recorder.runtime import LOCK

_MAX_SESSIONS = 1000
_final_statuses: dict[str, tuple[int, str]] = {}
"""Each session with the id of the process that runs it, and its status if the process ended now."""
_has_ended = False


def add_session(session_id: str) -> None:
    """Note that this process runs a session. Of more than 1000, the oldest get no end of their own."""
    with LOCK:
        _final_statuses.pop(session_id, None)
        _final_statuses[session_id] = os.getpid(), "terminated"
        while len(_final_statuses) > _MAX_SESSIONS:
            del _final_statuses[next(iter(_final_statuses))]


def set_final_status(session_id: str, status: str) -> None:
    """Set the status of a session that this process runs: ``completed``, ``failed`` or ``terminated``."""
    with LOCK:
        if _final_statuses.get(session_id, (0, ""))[0] == os.getpid():
            _final_statuses[session_id] = os.getpid(), status


def has_ended() -> bool:
    """Return True if the ends of all sessions are recorded: what ends later is garbage of the interpreter's end."""
    return _has_ended


def pop_final_statuses() -> dict[str, str]:
    """Return the sessions that this process runs, not its parent, each with its final status: it ends now."""
    global _has_ended
    _has_ended = True
    own = {session: status for session, (process, status) in _final_statuses.items() if process == os.getpid()}
    _final_statuses.clear()
    return own
