"""A recorded session in memory: all events of its files, in the order of their times."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tui_monitor.events import CallFinished, CallState, CompactionUpdate, Event, Prompt
from tui_monitor.feed.enrich import with_windows
from tui_monitor.pricing import PriceBook
from tui_monitor.sources.base import Adapter

LONGEST_GAP_MS = 60_000
"""What a longer time without any event counts for on a scale of the recording, which would show little else."""


class LandmarkKind(Enum):
    """What a landmark is, the most important last."""

    CHANGE = 1
    FAILURE = 2
    PROMPT = 3
    COMPACTION = 4


@dataclass(frozen=True, slots=True)
class Landmark:
    """A moment to go to (epoch ms)."""

    at: int
    kind: LandmarkKind


@dataclass(frozen=True, slots=True)
class TimedUpdate:
    """An event of the source at ``path``. ``at`` is the latest time that this source had stated by then (epoch ms)."""

    at: int
    path: Path
    event: Event


class Recording:
    """The events of a session, each at a time from ``begin`` to ``end`` (epoch ms); what has none stands at the
    beginning."""

    def __init__(self, events: Iterable[TimedUpdate]) -> None:
        self.events: Sequence[TimedUpdate] = sorted(events, key=lambda recorded: recorded.at)
        dated = [recorded.at for recorded in self.events if recorded.at]
        self.begin, self.end = (dated[0], dated[-1]) if dated else (0, 0)
        self._times = [recorded.at for recorded in self.events]
        self._marks, self._places = _scale(dated)
        self.landmarks: Sequence[Landmark] = tuple(filter(None, map(_landmark, self.events)))

    def __len__(self) -> int:
        return len(self.events)

    def count_until(self, at: int) -> int:
        """Return the number of events up to a time, that moment included."""
        return bisect_right(self._times, at)

    def time_of(self, number: int) -> int | None:
        """Return the time of the event with this number; None after the last one."""
        return self._times[number] if number < len(self._times) else None

    @property
    def length(self) -> int:
        """Its length on a scale on which long gaps are cut to `LONGEST_GAP_MS` (ms)."""
        return self._places[-1]

    def place_of(self, at: int) -> int:
        """Return the place of a time (epoch ms) on that scale, from 0."""
        return _interpolated(self._marks, self._places, max(self.begin, min(self.end, at)))

    def time_at(self, place: int) -> int:
        """Return the time (epoch ms) at a place on that scale."""
        return _interpolated(self._places, self._marks, max(0, min(self.length, place)))

    def step(self, at: int, direction: int) -> int:
        """Return the time of the next event after ``at`` (direction 1), or before it (-1); ``at`` without one."""
        return next(_beyond(self._times, at, direction), at)

    def landmark(self, at: int, direction: int) -> int:
        """Return the time of the next landmark in a direction; ``at`` without one."""
        return next(_beyond([landmark.at for landmark in self.landmarks], at, direction), at)


def load_recording(files: Mapping[Path, Adapter], prices: PriceBook) -> Recording:
    """Read the files of one session to their ends.

    Raises:
        OSError: one cannot be read.
    """
    return Recording(event for path, adapter in files.items() for event in _events_of(path, adapter, prices))


def _events_of(path: Path, adapter: Adapter, prices: PriceBook) -> Iterator[TimedUpdate]:
    latest = 0
    with closing(adapter.open(path)) as source:
        while batch := source.read():
            for event in with_windows(batch, prices).events:
                latest = max(latest, event.at)
                yield TimedUpdate(latest, path, event)


def _scale(times: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the different times, and their places on a scale whose gaps are limited."""
    marks, places = [times[0] if times else 0], [0]
    for at in times:
        if at > marks[-1]:
            places.append(places[-1] + min(at - marks[-1], LONGEST_GAP_MS))
            marks.append(at)
    return marks, places


def _interpolated(keys: Sequence[int], values: Sequence[int], key: int) -> int:
    """Return the value for a key between two neighbours, rounded up; ``keys`` rise, and hold no key twice."""
    after = bisect_left(keys, key)
    if keys[after] == key:
        return values[after]
    before = after - 1
    part = (key - keys[before]) * (values[after] - values[before])
    return values[before] - (-part // (keys[after] - keys[before]))


def _landmark(recorded: TimedUpdate) -> Landmark | None:
    match recorded.event:
        case Prompt():
            return Landmark(recorded.at, LandmarkKind.PROMPT)
        case CompactionUpdate(finished=True, failed=False):
            return Landmark(recorded.at, LandmarkKind.COMPACTION)
        case CallFinished(state=CallState.FAILED):
            return Landmark(recorded.at, LandmarkKind.FAILURE)
        case CallFinished(changes=changes) if changes:
            return Landmark(recorded.at, LandmarkKind.CHANGE)
    return None


def _beyond(times: Sequence[int], at: int, direction: int) -> Iterator[int]:
    if direction > 0:
        return (time for time in times[bisect_right(times, at) :])
    return (time for time in reversed(times) if time < at)
