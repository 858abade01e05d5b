"""Measures how often the range of the forecast holds the truth: ``python -m tests.forecast_coverage PATH…``.

A point is one request of a context that was compacted automatically later on: its forecast at that moment is compared
with the number of requests that really followed before the compaction.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from tui_monitor.events import CompactionUpdate, ContextUpdate, Event, SessionKey
from tui_monitor.live.context import Context, Forecast, forecast
from tui_monitor.sources.discovery.expand import expand
from tui_monitor.sources.discovery.registry import default_registry

BANDS = ((0.5, 0.75), (0.75, 0.9), (0.9, 1.0))
"""Shares of the threshold by which points are counted apart."""
LEAST_REQUESTS = 12
"""Requests of a context that is worth a forecast."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """The fills of a context at its requests, from its beginning until it was compacted at ``threshold`` tokens."""

    fills: tuple[int, ...]
    threshold: int


@dataclass(frozen=True, slots=True)
class Point:
    """A forecast at a share of the threshold, and how many requests really followed."""

    share: float
    forecast: Forecast
    true: int

    @property
    def holds(self) -> bool:
        """True if the range that is shown contains the truth."""
        return self.forecast.low <= self.true <= self.forecast.high


def epochs(events: Iterable[Event]) -> Iterator[Epoch]:
    """Yield each context of each agent that ended with an automatic compaction, in the order of the events."""
    fills = dict[tuple[SessionKey, str], list[int]]()
    for event in events:
        own = fills.setdefault((event.session, event.agent), [])
        if isinstance(event, ContextUpdate) and event.tokens and (not own or own[-1] != event.tokens):
            own.append(event.tokens)
        elif isinstance(event, CompactionUpdate) and event.finished and not event.failed and event.trimmed is None:
            if event.trigger != "manual" and len(own) >= LEAST_REQUESTS:
                yield Epoch(tuple(own), event.before or own[-1])
            own.clear()


def points(epoch: Epoch) -> Iterator[Point]:
    """Yield a point for each request at which a forecast is shown, but the last one."""
    context = Context()
    for index, tokens in enumerate(epoch.fills[:-1]):
        context.apply(ContextUpdate(session=SessionKey("", ""), at=index + 1, tokens=tokens))
        shown = forecast(context, epoch.threshold)
        if shown:
            yield Point(min(1.0, tokens / epoch.threshold), shown, len(epoch.fills) - 1 - index)


def coverage(all_points: Iterable[Point]) -> list[tuple[int, int]]:
    """Return for each of `BANDS` the number of points, and of those whose range holds the truth."""
    counts = [(0, 0) for _ in BANDS]
    for point in all_points:
        for band, (low, high) in enumerate(BANDS):
            if low <= point.share < high or point.share == high == 1.0:
                total, held = counts[band]
                counts[band] = total + 1, held + point.holds
    return counts


def read_events(paths: Iterable[str]) -> Iterator[Event]:
    """Yield the events of all sessions in files and folders, file by file."""
    for bundle in expand(paths, default_registry()).sessions:
        for path in (bundle.path, *bundle.related_files):
            with closing(bundle.adapter.open(path)) as source:
                for batch in iter(source.read, None):
                    yield from batch.events


def main() -> None:
    """Print the table."""
    found = set(epochs(read_events(sys.argv[1:])))
    print(f"{len(found)} contexts, compacted at {', '.join(str(epoch.threshold) for epoch in found)}")
    for (low, high), (total, held) in zip(BANDS, coverage(p for epoch in found for p in points(epoch)), strict=True):
        print(f"{low:.0%} to {high:.0%}: {held} of {total} points" + (f", {held / total:.0%}" if total else ""))


if __name__ == "__main__":
    main()
