"""Draws the pictures of the README: ``python -m tests.shots [FOLDER]`` writes them to ``assets/``.

They show the demo at chosen moments, without a terminal and with a fixed clock, so that they are the same each time.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot

from tui_monitor.config import DisplayConfig
from tui_monitor.demo.player import TranscriptWriter
from tui_monitor.events import SessionKey
from tui_monitor.feed.call_bodies import load_call_bodies, load_file_history
from tui_monitor.feed.deliveries import Delivery, EventsRead, FiguresLoaded, PeriodsSummed, TotalsUpdated
from tui_monitor.feed.enrich import enriched, with_windows
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.log_pages import PageRequest
from tui_monitor.figures import FigureKind, Period
from tui_monitor.pricing import PriceBook
from tui_monitor.search.query import SearchQuery
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.store import private_store
from tui_monitor.tui.app import MonitorApp
from tui_monitor.tui.app_context import AppContext

BEGAN = datetime(2026, 3, 14, 9, 41, tzinfo=UTC).timestamp()
HOME = Path("/home/ada")
STILL_S = 0.4
"""Seconds; longer than any delay on the screen."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its name, columns and rows, the second of the demo, the keys pressed before, the theme."""

    name: str
    size: tuple[int, int]
    second: float
    keys: tuple[str, ...] = ()
    theme: str = ""


SHOTS = (
    Shot("monitor", (160, 45), 88.8, ("up",)),
    Shot("narrow", (80, 24), 72),
    Shot("diff", (120, 36), 111, ("x", "enter", "u", "W")),
    Shot("light", (110, 32), 141, theme="monitor-light"),
)


class Still:
    """A source that delivers everything in ``folder`` at once."""

    def __init__(self, folder: Path, wake: Callable[[], None]) -> None:
        self._folder = folder
        self._prices = PriceBook()
        self._store = private_store(bodies=True)
        self._inbox = Inbox(wake)

    def start(self) -> None:
        """Read and store all files."""
        touched: set[SessionKey] = set()
        for path in sorted(self._folder.rglob("*.jsonl")):
            with closing(default_registry().recognise(path).open(path)) as source:
                for batch in iter(source.read, None):
                    priced = with_windows(batch, self._prices)
                    touched |= self._store.ingest(enriched(batch, self._prices)).sessions
                    self._inbox.put(EventsRead(priced.events))
        self._inbox.put(TotalsUpdated(tuple(map(self._store.totals, touched))))

    def stop(self, timeout: float = 0) -> None:
        """Close the store."""
        self._store.close()

    def drain(self) -> Iterator[Delivery]:
        """Yield the deliveries."""
        return self._inbox.drain()

    def lag(self, session: SessionKey) -> float:
        """Return 0: everything has been read."""
        return 0.0

    def follow(self, path: Path) -> None:
        """Do nothing: all is there."""

    def request_sessions(self) -> None:
        """Do nothing: there are no others."""

    def request_history(self, session: SessionKey, brief: bool = False) -> None:
        """Do nothing: everything has been delivered."""

    def request_file(self, session: SessionKey, path: str) -> None:
        """Deliver the changes of a file."""
        self._inbox.put(load_file_history(self._store, default_registry(), session, path))

    def request_page(self, request: PageRequest) -> None:
        """Do nothing: the log has all of the session."""

    def request_search(self, query: SearchQuery) -> None:
        """Do nothing: no picture has a search."""

    def request_figures(self, session: SessionKey, kind: FigureKind, periods: Sequence[Period] = ()) -> None:
        """Deliver figures."""
        self._inbox.put(FiguresLoaded(session, self._store.figures(session, kind, periods)))

    def request_periods(self, periods: Sequence[Period]) -> None:
        """Deliver what was spent in periods."""
        self._inbox.put(PeriodsSummed(tuple(self._store.period_totals(periods))))

    def request_bodies(self, session: SessionKey, call: str) -> None:
        """Deliver the bodies of a call."""
        self._inbox.put(load_call_bodies(self._store, default_registry(), session, call))


async def draw(shot: Shot) -> str:
    """Return the picture as SVG."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        TranscriptWriter(folder, BEGAN).play(until=shot.second)
        now = round(1000 * (BEGAN + shot.second))
        app_context = AppContext(
            lambda wake: Still(folder, wake), lambda: now, HOME, tz=UTC, display=DisplayConfig(theme=shot.theme)
        )
        app = MonitorApp(app_context)
        async with app.run_test(size=shot.size) as pilot:
            await _settle(pilot)
            for key in shot.keys:
                await pilot.press(key)
                await _settle(pilot)
            return app.export_screenshot(title="tui-monitor")


async def _settle(pilot: Pilot[None]) -> None:
    """Wait until nothing changes any more."""
    before = ""
    while (picture := pilot.app.export_screenshot()) != before:
        before = picture
        await pilot.pause(STILL_S)


def main() -> None:
    """Draw all pictures."""
    folder = Path(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1] / "assets")
    for shot in SHOTS:
        picture = asyncio.run(draw(shot))
        path = folder / f"{shot.name}.svg"
        path.write_text(picture, encoding="utf-8")
        print(f"{path}  {len(picture) // 1000} kB")


if __name__ == "__main__":
    main()
