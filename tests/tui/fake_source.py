"""A source that delivers what a test gives it, and a context with a fixed clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from tests.tui.live_builder import EIGHT_PM
from tui_monitor.config import DisplayConfig
from tui_monitor.events import SessionKey
from tui_monitor.feed.deliveries import Delivery
from tui_monitor.feed.log_pages import PageRequest
from tui_monitor.figures import FigureKind, Period
from tui_monitor.search.query import SearchQuery
from tui_monitor.tui.app_context import AppContext

DEFAULT = DisplayConfig()


class FakeSource:
    """Delivers ``first`` when it is started, then what `deliver` gets. ``requests`` are the recorded requests."""

    def __init__(self, *first: Delivery) -> None:
        self.running = False
        self.seconds_behind = 0.0
        self.requests: list[tuple[str, ...]] = []
        self.periods: tuple[Period, ...] = ()
        self.searches: list[SearchQuery] = []
        self.pages: list[PageRequest] = []
        self._waiting: deque[Delivery] = deque(first)
        self._wake: Callable[[], None] = lambda: None

    def open(self, wake: Callable[[], None]) -> FakeSource:
        """Open the source: deliveries call ``wake``."""
        self._wake = wake
        return self

    def deliver(self, *deliveries: Delivery) -> None:
        """Deliver something."""
        self._waiting.extend(deliveries)
        self._wake()

    def start(self) -> None:
        """Deliver what is waiting."""
        self.running = True
        self._wake()

    def stop(self, timeout: float = 0) -> None:
        """Stop delivering."""
        self.running = False

    def drain(self) -> Iterator[Delivery]:
        """Yield the waiting deliveries."""
        while self._waiting:
            yield self._waiting.popleft()

    def lag(self, session: SessionKey) -> float:
        """Return ``seconds_behind``."""
        return self.seconds_behind

    @property
    def is_drained(self) -> bool:
        """True if nothing is waiting."""
        return not self._waiting

    def follow(self, path: Path) -> None:
        """Record the request."""
        self.requests.append(("follow", str(path)))

    def request_sessions(self) -> None:
        """Record the request."""
        self.requests.append(("sessions",))

    def request_history(self, session: SessionKey, brief: bool = False) -> None:
        """Record the request."""
        self.requests.append(("history", session.id))

    def request_figures(self, session: SessionKey, kind: FigureKind, periods: Sequence[Period] = ()) -> None:
        """Record the request."""
        self.requests.append(("figures", session.id, kind))
        self.periods = tuple(periods)

    def request_periods(self, periods: Sequence[Period]) -> None:
        """Record the request."""
        self.requests.append(("periods", *(period.name for period in periods)))
        self.periods = tuple(periods)

    def request_bodies(self, session: SessionKey, call: str) -> None:
        """Record the request."""
        self.requests.append(("texts", session.id, call))

    def request_file(self, session: SessionKey, path: str) -> None:
        """Record the request."""
        self.requests.append(("file", session.id, path))

    def request_page(self, request: PageRequest) -> None:
        """Record the request."""
        self.requests.append(("page", request.session.id, request.way.name))
        self.pages.append(request)

    def request_search(self, query: SearchQuery) -> None:
        """Record the request."""
        self.requests.append(("search", *query.terms.words))
        self.searches.append(query)


def app_context(
    source: FakeSource,
    now: Callable[[], int] = lambda: EIGHT_PM,
    demo: FakeSource | None = None,
    display: DisplayConfig = DEFAULT,
    **more: Any,
) -> AppContext:
    """Return a context with this source, clock, demo and display, in UTC; ``more`` are fields of it."""
    open_demo = demo.open if demo else None
    return AppContext(source.open, now, Path("/home/ada"), open_demo=open_demo, tz=UTC, display=display, **more)
