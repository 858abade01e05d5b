"""Connections by WebSocket, over which a model answers with events: each that reports usage ends a response."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from tui_monitor.integrations.patches import Method, Patches
from tui_monitor.integrations.response_recorder import ResponseRecorder, is_recorded_outside
from tui_monitor.telemetry.recorder.response_fields import path, text
from tui_monitor.telemetry.recorder.usage_parser import read_part

_models: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""Models of open connections, where only the session's own events name them."""


def instrument_connections(patches: Patches, classes: Iterable[type[Any]], provider: str) -> None:
    """Record the responses of all connections of these classes, whose ``parse_event`` returns one event."""

    def make(original: Method) -> Method:
        def parse_event(self: Any, *args: Any, **kwargs: Any) -> Any:
            event = original(self, *args, **kwargs)
            if patches.is_active() and not is_recorded_outside():
                record_event(self, event, provider)
            return event

        return parse_event

    for each in classes:
        patches.replace(each, "parse_event", make)


def record_event(connection: Any, event: Any, provider: str) -> None:
    """Record the response that an event of a connection ends, if it does."""
    if model := text(path(event, "session"), "model"):
        _models[connection] = model
    if read_part(event) is not None:
        ResponseRecorder(provider, _models.get(connection, "")).complete(event)
