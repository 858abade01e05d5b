"""A source that brings what a test gives it, and surroundings in which nothing changes by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path

from tests.tui.live_builder import EIGHT_PM
from tui_monitor.config import DisplayConfig
from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import Delivery
from tui_monitor.tui.app_context import AppContext

DEFAULT = DisplayConfig()


class FakeSource:
    """Brings ``first`` when it is started, then what it is told to `deliver`. ``asked`` is what it was asked for."""

    def __init__(self, *first: Delivery) -> None:
        self.running = False
        self.asked: list[tuple[str, ...]] = []
        self._waiting: deque[Delivery] = deque(first)
        self._wake: Callable[[], None] = lambda: None

    def opened(self, wake: Callable[[], None]) -> FakeSource:
        """As an opener: the screen will be woken through ``wake``."""
        self._wake = wake
        return self

    def deliver(self, *deliveries: Delivery) -> None:
        """Something has come."""
        self._waiting.extend(deliveries)
        self._wake()

    def start(self) -> None:
        """What is there already comes at once."""
        self.running = True
        self._wake()

    def stop(self, timeout: float = 0) -> None:
        """No more is to come."""
        self.running = False

    def drain(self) -> Iterator[Delivery]:
        """What has come."""
        while self._waiting:
            yield self._waiting.popleft()

    def request_history(self, session: SessionKey) -> None:
        """Only notes it."""
        self.asked.append(("history", session.id))

    def request_bodies(self, session: SessionKey, call: str) -> None:
        """Only notes it."""
        self.asked.append(("texts", session.id, call))


def app_context(
    source: FakeSource,
    now: Callable[[], int] = lambda: EIGHT_PM,
    demo: FakeSource | None = None,
    display: DisplayConfig = DEFAULT,
) -> AppContext:
    """Surroundings with this source, clock, demo and display, in UTC."""
    open_demo = demo.opened if demo else None
    return AppContext(source.opened, now, Path("/home/ada"), open_demo=open_demo, tz=UTC, display=display)
