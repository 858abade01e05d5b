"""The thread that hands out a recording as its clock runs."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from tui_monitor.events import Batch, Checkpoint, ProcessScan
from tui_monitor.feed.deliveries import DiscoveryResult, EventsRead, Progress
from tui_monitor.feed.inbox import Inbox
from tui_monitor.feed.replay.clock import ReplayClock
from tui_monitor.feed.replay.recording import Recording, TimedUpdate
from tui_monitor.feed.writer import Writer

NAME = "replay"
CHUNK = 1000
"""Events that are handed out at once."""
PATIENCE_S = 1.0
"""Seconds between two looks at whether it was stopped, or whether there is room again."""
LEAD_MS = 1500
"""What is left of a pause that is cut short, in real milliseconds."""


class Player(threading.Thread):
    """Puts each event of a recording into the inbox and to the writer when the clock shows its time.

    A pause of the session that would last longer than ``max_pause_ms`` is cut short; None leaves them as they were.
    """

    busy_since: float | None = None
    """It is never behind the clock for long."""

    def __init__(
        self, recording: Recording, clock: ReplayClock, max_pause_ms: int | None, inbox: Inbox, writer: Writer
    ) -> None:
        super().__init__(name="tui-monitor-replay", daemon=True)
        self._recording = recording
        self._clock = clock
        self._max_pause_ms = max_pause_ms
        self._inbox = inbox
        self._writer = writer
        self._done = 0
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End at once."""
        self._stopped.set()
        self._clock.wake()

    def follow(self, path: Path) -> None:
        """Do nothing: there is one session."""

    def note_processes(self, scans: Iterable[ProcessScan]) -> None:
        """Do nothing: a recording has no processes."""

    def run(self) -> None:
        """Hand out what is due until stopped; first all up to the time at which the replay begins."""
        backlog = self._recording.count_until(self._clock.now())
        paths = [recorded.path for recorded in self._recording.events[:1]]
        self._inbox.put(DiscoveryResult((), (), here=paths[0] if paths else None, has_sessions=True))
        self._inbox.put(Progress(0, backlog))
        while not self._stopped.is_set():
            due = self._recording.count_until(self._clock.now())
            if due <= self._done:
                self._wait()
            elif self._inbox.wait_for_capacity(PATIENCE_S) and self._writer.has_capacity():
                self._hand_out(min(due, self._done + CHUNK))
                if self._done <= backlog:
                    self._inbox.put(Progress(self._done, backlog))

    def _wait(self) -> None:
        """Wait for the next event, and cut a long pause short."""
        next_at = self._recording.time_of(self._done)
        if next_at is not None and self._max_pause_ms is not None and self._clock.is_playing:
            lead = LEAD_MS * self._clock.speed
            if next_at - self._clock.now() > self._max_pause_ms * self._clock.speed + lead:
                self._clock.wait_until(None, self._max_pause_ms / 1000)
                if self._clock.is_playing and self._clock.now() < next_at - lead:
                    self._clock.move_to(int(next_at - lead))
                return
        self._clock.wait_until(next_at, PATIENCE_S)

    def _hand_out(self, until: int) -> None:
        chunk = self._recording.events[self._done : until]
        for path, events in groupby(chunk, key=lambda recorded: recorded.path):
            self._put(path, tuple(events))

    def _put(self, path: Path, recorded: tuple[TimedUpdate, ...]) -> None:
        events = tuple(each.event for each in recorded)
        before, self._done = self._done, self._done + len(events)
        after = Checkpoint(NAME, str(path), NAME, 1, cursor=str(self._done))
        self._inbox.put(EventsRead(events, path))
        self._writer.put(Batch(str(before) if before else "", after, events), None)
