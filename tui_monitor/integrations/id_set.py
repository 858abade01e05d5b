"""A bounded set of ids."""

from __future__ import annotations

from threading import Lock

_MAX_IDS = 10_000


class IdSet:
    """Ids, at most ``limit``: the oldest are forgotten first. Thread-safe."""

    def __init__(self, limit: int = _MAX_IDS) -> None:
        self._ids: dict[str, None] = {}
        self._limit = limit
        self._lock = Lock()

    def add(self, name: str) -> bool:
        """Add an id. Return True if it is new."""
        with self._lock:
            if name in self._ids:
                return False
            self._ids[name] = None
            if len(self._ids) > self._limit:
                del self._ids[next(iter(self._ids))]
            return True
