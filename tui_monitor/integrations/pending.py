"""Responses that are made in the background and fetched later."""

from __future__ import annotations

from threading import Lock

from tui_monitor.integrations.response_recorder import ResponseRecorder

_MAX_PENDING = 1000


class PendingResponses:
    """The recorders of responses that are awaited, by the responses' ids; the oldest is given up. Thread-safe."""

    def __init__(self) -> None:
        self._recorders: dict[str, ResponseRecorder] = {}
        self._lock = Lock()

    def add(self, response: str, recorder: ResponseRecorder) -> None:
        """Await a response."""
        with self._lock:
            self._recorders[response] = recorder
            given_up = list(self._recorders)[:-_MAX_PENDING]
            recorders = [self._recorders.pop(name) for name in given_up]
        for each in recorders:
            each.finish()

    def get(self, response: str) -> ResponseRecorder | None:
        """Return the recorder of a response; None if it is not awaited."""
        return self._recorders.get(response)

    def discard(self, response: str) -> None:
        """Await a response no longer."""
        with self._lock:
            self._recorders.pop(response, None)
