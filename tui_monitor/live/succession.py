"""Going on: which session continues another one under an id of its own."""

from __future__ import annotations

from tui_monitor.live.session import SessionState
from tui_monitor.live.status import StatusWord, status

_AT_REST = (StatusWord.DONE, StatusWord.IDLE, StatusWord.ENDED, StatusWord.INTERRUPTED, StatusWord.UNKNOWN)


def continues_by_process(other: SessionState, current: SessionState) -> bool:
    """Return True if the process of ``current`` runs ``other`` now, and no longer ``current`` itself."""
    return other.continues == current.key and current.process is None


def continues(other: SessionState, current: SessionState, now: int) -> bool:
    """Return True if ``current`` goes on as ``other`` at ``now`` (epoch ms).

    Its process says so; or ``other`` was forked from it and is the one at work; or it began in the same folder after
    the end of ``current``. One that is alive never goes on as a session of another process.
    """
    if continues_by_process(other, current):
        return True
    if _is_alive_elsewhere(other, current) or not other.started:
        return False
    word = status(current, now).word
    if other.forked_from and other.forked_from == current.key.id and other.key.source == current.key.source:
        return word in _AT_REST and other.last_at > current.last_at
    return word is StatusWord.ENDED and other.started > current.last_at and other.folder == current.folder


def _is_alive_elsewhere(other: SessionState, current: SessionState) -> bool:
    """Return True if ``current`` has a process that does not run ``other``."""
    process = current.process
    return process is not None and (other.process is None or other.process.pid != process.pid)
