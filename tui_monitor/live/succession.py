"""Going on: which session continues another one under an id of its own."""

from __future__ import annotations

from collections.abc import Iterable

from tui_monitor.live.session import SessionState
from tui_monitor.live.status import StatusWord, status

_AT_REST = (StatusWord.DONE, StatusWord.IDLE, StatusWord.ENDED, StatusWord.INTERRUPTED, StatusWord.UNKNOWN)


def continues_by_process(other: SessionState, current: SessionState) -> bool:
    """Return True if the process of ``current`` runs ``other`` now, and no longer ``current`` itself."""
    return other.continues == current.key and current.process is None


def continues(other: SessionState, current: SessionState, now: int) -> bool:
    """Return True if ``current`` goes on as ``other`` at ``now`` (epoch ms).

    Its process says so; or its file goes on with lines of ``other``, which answer its prompt; or ``other`` was forked
    from it and is the one at work; or it began in the same folder after the end of ``current``. One that is alive never
    goes on as a session of another process.
    """
    if continues_by_process(other, current):
        return True
    if _is_alive_elsewhere(other, current) or not other.started:
        return False
    if _answers(other, current):
        return True
    if other.forked_from and other.forked_from == current.key.id and other.key.source == current.key.source:
        return other.last_at > current.last_at and status(current, now).word in _AT_REST
    is_later = other.started > current.last_at and other.folder == current.folder
    return is_later and status(current, now).word is StatusWord.ENDED


def runs_instead(other: SessionState, current: SessionState) -> bool:
    """Return True if ``current`` has lost its process, and that of ``other`` lived in its folder before that: it may be
    the same one, of which nobody saw that it went on to another session."""
    process = other.process
    if process is None or not current.process_gone or other.key.source != current.key.source:
        return False
    return other.folder == current.folder and process.started <= current.last_at


def is_answered_elsewhere(current: SessionState, sessions: Iterable[SessionState]) -> bool:
    """Return True if one of ``sessions`` has answered the last prompt of ``current``, in its file under another id."""
    return any(other is not current and _answers(other, current) for other in sessions)


def _answers(other: SessionState, current: SessionState) -> bool:
    """Return True if both are in one file and folder, and ``other`` began when ``current`` awaited its answer."""
    is_same_file = current.path and (other.path, other.key.source) == (current.path, current.key.source)
    if not is_same_file or not current.folder or other.folder != current.folder:
        return False
    chain = current.main_chain
    return chain.last_output_at < chain.last_prompt_at <= other.started


def _is_alive_elsewhere(other: SessionState, current: SessionState) -> bool:
    """Return True if ``current`` has a process that does not run ``other``."""
    process = current.process
    return process is not None and (other.process is None or other.process.pid != process.pid)
