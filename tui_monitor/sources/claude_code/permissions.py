"""Calls that likely wait: for a person's approval by the permission mode, or for a hook by missing progress."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from tui_monitor.events import ToolKind

APPROVAL_AFTER_MS = 5_000
"""An edit takes a seventh of a second: one that takes longer waits for somebody."""
HELD_AFTER_MS = 6_000
"""Versions that write the progress of a command do so after two seconds; after six it does not run."""

_LONGEST_TIMEOUT_MS = 600_000
_GRACE_MS = 30_000
"""Time that the end of a command may take beyond its timeout."""

_REMOTE_AFTER_MS = {ToolKind.WEB: 60_000, ToolKind.MCP: 630_000}
"""Calls that go elsewhere take seconds to minutes; no timeout of theirs is recorded."""

_ASKED_KINDS = (ToolKind.EDIT, ToolKind.WRITE)
_COMMAND_MODES = frozenset({"default", "plan", "acceptEdits"})
"""Modes in which a person is asked about commands. What a hook holds shows the hook in these versions: of the commands
that neither ran nor were in a hook after six seconds, in all a person was asked."""
_UNASKED_MODES = frozenset({"acceptEdits", "bypassPermissions", "dontAsk", "auto"})
_PROGRESS_FROM, _PROGRESS_UNTIL = (2, 1, 12), (2, 1, 39)
"""Versions that write the progress of commands into the transcript."""


@dataclass(frozen=True, slots=True)
class CallPatience:
    """Milliseconds of silence after which an open call likely waits; see `CallStarted`."""

    approval_after_ms: int | None = None
    held_after_ms: int | None = None


@lru_cache(maxsize=256)
def patience(kind: ToolKind, mode: str, version: str, timeout_ms: int | None = None) -> CallPatience:
    """Return the patience with a call of this kind, in this permission mode, by this version of the program.

    A command has a ``timeout_ms``, at which the program ends it or leaves it in the background: without a result then,
    it has not begun to run.
    """
    if kind in _ASKED_KINDS:
        return CallPatience(approval_after_ms=None if mode in _UNASKED_MODES else APPROVAL_AFTER_MS)
    if kind in _REMOTE_AFTER_MS:
        return _by_mode(mode, _REMOTE_AFTER_MS[kind])
    if kind is not ToolKind.SHELL:
        return CallPatience()
    over_ms = (_LONGEST_TIMEOUT_MS if timeout_ms is None else timeout_ms) + _GRACE_MS
    if not _PROGRESS_FROM <= numbers(version) <= _PROGRESS_UNTIL:
        return _by_mode(mode, over_ms)
    if mode in _COMMAND_MODES:
        return CallPatience(approval_after_ms=HELD_AFTER_MS)
    return CallPatience(approval_after_ms=None if mode else over_ms, held_after_ms=HELD_AFTER_MS)


def _by_mode(mode: str, over_ms: int) -> CallPatience:
    """Return the patience with a call that is over after ``over_ms`` if it runs: where a person is not asked about it,
    something else holds it then."""
    asks = mode in _COMMAND_MODES or not mode
    return CallPatience(approval_after_ms=over_ms) if asks else CallPatience(held_after_ms=over_ms)


@lru_cache(maxsize=64)
def numbers(version: str) -> tuple[int, ...]:
    """Return the parts of a version, for comparisons; empty if it is unknown."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
