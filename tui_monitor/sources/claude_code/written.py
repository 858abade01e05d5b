"""When a line was written that does not say so itself: hooks, the statusline and the printed stream tell few times."""

from __future__ import annotations

import os
import time

from tui_monitor.events import SourceRef

_LINE_END = 2
_LONGEST_PAUSE_MS = 60 * 60 * 1000


def written_at(ref: SourceRef, said: int) -> int:
    """When a line was written that does not say so, in epoch milliseconds: a file's last line when the file was changed
    last; 0 for all others.

    ``said`` is the time that a line before it said last (0: none): a file that was copied bears a later time, and one
    long after that is not believed. What has no file comes through a pipe, and has been written just now.
    """
    changed = _changed_at(ref)
    return 0 if said and changed > said + _LONGEST_PAUSE_MS else changed


def _changed_at(ref: SourceRef) -> int:
    try:
        status = os.stat(ref.path)  # noqa: PTH116  (asked for every line)
    except OSError:
        return time.time_ns() // 1_000_000
    is_last = ref.offset + ref.length + _LINE_END >= status.st_size
    return status.st_mtime_ns // 1_000_000 if is_last else 0
