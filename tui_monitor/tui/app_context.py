"""What the screen needs from outside: handed in, so that every picture can be made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Protocol

from tui_monitor.config import DisplayConfig
from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import Delivery

STOP_S = 2.0
"""Seconds that the end of the program may wait for the store."""


class DeliverySource(Protocol):
    """Where everything on the screen comes from; see `feed.Feed`."""

    def start(self) -> None:
        """Begin to read."""

    def stop(self, timeout: float = STOP_S) -> None:
        """Stop, waiting at most ``timeout`` seconds for what was read to be stored."""

    def drain(self) -> Iterator[Delivery]:
        """What has come."""

    def request_history(self, session: SessionKey) -> None:
        """Have what is remembered of a session delivered."""

    def request_bodies(self, session: SessionKey, call: str) -> None:
        """Have the texts of a call delivered."""


SourceOpener = Callable[[Callable[[], None]], DeliverySource]
"""Makes a source; it calls the given function, in any thread, when there is something to take."""


@dataclass(frozen=True, slots=True)
class AppContext:
    """``clock`` tells epoch milliseconds, ``tz`` is the zone of times of day (None: the local one), ``open_demo`` makes
    the source of a played session, ``notices`` are lines to be shown at the start."""

    open_source: SourceOpener
    clock: Callable[[], int]
    home: Path
    open_demo: SourceOpener | None = None
    tz: tzinfo | None = None
    display: DisplayConfig = field(default_factory=DisplayConfig)
    notices: tuple[str, ...] = ()
