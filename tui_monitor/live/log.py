"""The rows of one session, bounded in number, and the bodies of all of them, bounded in bytes."""

from __future__ import annotations

from bisect import insort
from collections import OrderedDict
from collections.abc import Iterator

from tui_monitor.events import CallFinished, CallProgress, CallStarted
from tui_monitor.live.entries import Call, Entry, Mark

MAX_CALLS = 1000
MAX_MARKS = 1000
MAX_OPEN = 32
MAX_BODIES = 24 * 1024 * 1024


class BodyCache:
    """Keeps the bodies of all calls together under a limit: the calls touched longest ago are trimmed."""

    def __init__(self, limit: int = MAX_BODIES) -> None:
        self._limit = limit
        self._held: OrderedDict[int, tuple[Call, int]] = OrderedDict()
        self._total = 0

    def hold(self, call: Call) -> None:
        """The bodies of ``call`` have changed."""
        _, size = self._held.pop(id(call), (call, 0))
        self._held[id(call)] = (call, call.size)
        self._total += call.size - size
        while self._total > self._limit and len(self._held) > 1:
            _, (oldest, size) = self._held.popitem(last=False)
            oldest.trim()
            self._total -= size

    def release(self, call: Call) -> None:
        """``call`` is forgotten."""
        _, size = self._held.pop(id(call), (call, 0))
        self._total -= size


class CallLog:
    """The calls that are open, and what is over in the order in which it ended; the oldest are forgotten. Marks have a
    bound of their own, so that many of them do not drive out calls."""

    def __init__(self, capacity: int = MAX_CALLS, bodies: BodyCache | None = None) -> None:
        self.entries: list[Entry] = []
        self.version = 0
        self.evicted_entries = 0
        self._capacity = capacity
        self._bodies = bodies or BodyCache()
        self._calls: dict[str, Call] = {}
        self._marks: set[Mark] = set()
        self._open: OrderedDict[str, Call] = OrderedDict()

    def __len__(self) -> int:
        return len(self.entries) + len(self._open)

    def get(self, call: str) -> Call | None:
        """The call of this id, unless it was never seen or is forgotten."""
        return self._calls.get(call)

    @property
    def open(self) -> list[Call]:
        """Calls without an end, oldest first."""
        return list(self._open.values())

    def calls(self) -> Iterator[Call]:
        """All calls held, those that are over first."""
        yield from (entry for entry in self.entries if isinstance(entry, Call))
        yield from self._open.values()

    def start(self, event: CallStarted) -> Call:
        """A call was issued; told again it only completes what is known."""
        call = self._calls.get(event.call)
        if call is None:
            call = self._calls[event.call] = self._open[event.call] = Call(event.session, event.call)
        if not (call.asked_exactly and event.exact):
            call.start(event)
            self._bodies.hold(call)
            while len(self._open) > MAX_OPEN:
                self._place(self._open.popitem(last=False)[1])
        self.version += 1
        return call

    def progress(self, event: CallProgress) -> Call | None:
        """An open call shows a sign of life."""
        call = self._open.get(event.call)
        if call:
            call.progress(event)
            self.version += 1
        return call

    def finish(self, event: CallFinished) -> Call | None:
        """A call has a result (again: the later result wins, in its old place)."""
        call = self._calls.get(event.call)
        if call is None:
            return None
        call.finish(event)
        self._bodies.hold(call)
        if call.state.ended and not call.closed:
            self._open.pop(call.id, None)
            self._place(call)
        self.version += 1
        return call

    def mark(self, mark: Mark) -> None:
        """Something happened between calls; told again it changes nothing."""
        if mark not in self._marks:
            self._marks.add(mark)
            self._place(mark)
            self.version += 1

    def shrink(self, capacity: int) -> None:
        """Forget all but the newest entries."""
        self._drop(max(0, len(self.entries) - capacity))

    def _place(self, entry: Entry) -> None:
        if isinstance(entry, Call):
            entry.closed = True
        if self.entries and entry.at < self.entries[-1].at:
            insort(self.entries, entry, key=lambda known: known.at)
        else:
            self.entries.append(entry)
        self._keep_bounds()

    def _keep_bounds(self) -> None:
        if len(self._calls) - len(self._open) > self._capacity:
            self._drop(1 + next(place for place, entry in enumerate(self.entries) if isinstance(entry, Call)))
        if len(self._marks) > MAX_MARKS + MAX_MARKS // 4:
            surplus = [entry for entry in self.entries if isinstance(entry, Mark)][:-MAX_MARKS]
            self._marks.difference_update(surplus)
            self.entries = [entry for entry in self.entries if isinstance(entry, Call) or entry in self._marks]
            self.evicted_entries += len(surplus)

    def _drop(self, number: int) -> None:
        for entry in self.entries[:number]:
            self._forget(entry)
        del self.entries[:number]

    def _forget(self, entry: Entry) -> None:
        self.evicted_entries += 1
        if isinstance(entry, Call):
            self._calls.pop(entry.id, None)
            self._bodies.release(entry)
        else:
            self._marks.discard(entry)
