"""The long texts of all calls together, bounded in size."""

from __future__ import annotations

from collections import OrderedDict

from tui_monitor.live.entries import Call

MAX_BODIES = 24 * 1024 * 1024


class BodyCache:
    """Keeps the texts of all calls under a limit in characters: the calls touched longest ago are trimmed."""

    def __init__(self, limit: int = MAX_BODIES) -> None:
        self._limit = limit
        self._calls: OrderedDict[int, tuple[Call, int]] = OrderedDict()
        self._total = 0

    def update(self, call: Call) -> None:
        """Take note of texts of ``call`` that have changed."""
        _, size = self._calls.pop(id(call), (call, 0))
        new_size = call.size
        self._calls[id(call)] = (call, new_size)
        self._total += new_size - size
        while self._total > self._limit and len(self._calls) > 1:
            _, (oldest, size) = self._calls.popitem(last=False)
            oldest.trim()
            self._total -= size

    def discard(self, call: Call) -> None:
        """Forget ``call``."""
        _, size = self._calls.pop(id(call), (call, 0))
        self._total -= size
