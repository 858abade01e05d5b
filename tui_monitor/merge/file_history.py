"""What a session did to one file, change by change."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events import CallState, Change, SessionKey


@dataclass(frozen=True, slots=True)
class HistoryChange:
    """One change of a file, by a tool of an agent (empty: the main chain) that ended at ``at`` (epoch ms).
    ``is_whole``: nothing of its diff was cut."""

    call: str
    tool: str
    agent: str
    at: int
    state: CallState
    change: Change
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class FileHistory:
    """All changes of a file, the first one first; those that it had under an earlier name are among them."""

    session: SessionKey
    path: str
    changes: tuple[HistoryChange, ...] = ()
