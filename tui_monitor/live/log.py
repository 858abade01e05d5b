"""The entries of one session, bounded in number."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from tui_monitor.events import MAIN, CallStarted, SessionKey
from tui_monitor.live.body_cache import BodyCache
from tui_monitor.live.entries import NO_PROBLEMS, Call, Entry, Mark, MarkKind, Problems, is_doubtful
from tui_monitor.merge.calls import CallEvent
from tui_monitor.merge.history import RecordedCall

_OF_TURN = frozenset((MarkKind.SAID, MarkKind.INTERRUPTED, MarkKind.GAVE_UP))
"""Marks that belong to the turn in which they are: the others may be made at any time."""

MAX_CALLS = 1000
MAX_MARKS = 2000
MAX_OPEN = 32
MAX_PENDING = 256
_OUTPUT_PART = re.compile(r"(?:\s*2>&1)?(?:\s*\|\s*(?:tail|head)(?:\s+[\w=+-]+)*)?\s*\Z")
"""The end of a command that says only how much of its output is wanted."""
MAX_COMPARED = 300
"""Entries among which the time of an earlier call like an open one is looked for."""


class CallLog:
    """The ``entries`` that are over, in order of time, and the open calls; the oldest are evicted.

    Marks have a bound of their own, so that many of them do not evict calls. Of calls without an end the newest
    `MAX_OPEN` are open, the others are closed as abandoned. A result that is read before its call is pending until that
    is read. ``version`` changes with every entry.
    """

    def __init__(self, capacity: int = MAX_CALLS, bodies: BodyCache | None = None) -> None:
        self.entries: list[Entry] = []
        self.version = 0
        self.evicted_entries = 0
        self._capacity = capacity
        self._bodies = bodies or BodyCache()
        self._calls: dict[str, Call] = {}
        self._pending: OrderedDict[str, Call] = OrderedDict()
        self._unended: list[Call] = []
        self._abandoned = 0  # so many of the first of them are closed
        self._marks: dict[Mark, int] = {}
        self._dropped: dict[Mark, None] = {}
        self._next_order = 1
        self._evicted_times = (0, 0)
        self._main_times: tuple[int, int] | None = (0, 0)
        self._problems = (0, NO_PROBLEMS)
        self._turn_ends: tuple[int, dict[int, int]] = (0, {})

    def __len__(self) -> int:
        return len(self.entries) + len(self._unended) - self._abandoned

    def get(self, call: str) -> Call | None:
        """Return the call of this id, None if it is unknown or evicted."""
        return self._calls.get(call)

    @property
    def open(self) -> list[Call]:
        """Calls without an end, oldest first."""
        return self._unended[self._abandoned :]

    def calls(self) -> Iterator[Call]:
        """Iterate over all calls: those that are over, then the open ones."""
        yield from (entry for entry in self.entries if isinstance(entry, Call))
        yield from self.open

    @property
    def is_full(self) -> bool:
        """True if older calls may have been left out."""
        return len(self._calls) >= self._capacity

    @property
    def problems(self) -> Problems:
        """What failed or looks so among the entries besides the calls that failed."""
        if self._problems[0] != self.version:
            given_up = sum(mark.kind is MarkKind.GAVE_UP for mark in self._marks)
            self._problems = self.version, Problems(given_up, sum(map(is_doubtful, self.entries)))
        return self._problems[1]

    @property
    def turn_ends(self) -> dict[int, int]:
        """The end of the last entry of each prompt's turn, by the time of the prompt."""
        if self._turn_ends[0] != self.version:
            ends: dict[int, int] = {}
            began = 0
            for entry in self.entries:
                if isinstance(entry, Mark) and entry.kind is MarkKind.PROMPT:
                    began = entry.at
                    ends[began] = began
                elif began and (isinstance(entry, Call) or entry.kind in _OF_TURN):
                    ends[began] = max(ends[began], entry.ended or entry.at if isinstance(entry, Call) else entry.at)
            self._turn_ends = self.version, ends
        return self._turn_ends[1]

    def placed(self) -> list[tuple[tuple[int, int], Entry]]:
        """Return all entries, the open calls too, by their places: time and order of reading."""
        places = ((self._place_of(entry), entry) for entry in (*self.entries, *self.open))
        return sorted(places, key=lambda placed: placed[0])

    def longest_time(self, call: Call) -> int:
        """Return the longest time (ms) that a call like this one took among the newest that are over, 0 without one."""
        ended = (entry for entry in islice(reversed(self.entries), MAX_COMPARED) if isinstance(entry, Call))
        same_tool = (entry for entry in ended if entry.tool == call.tool and entry.ended)
        subject = _OUTPUT_PART.sub("", call.subject)
        like = (entry for entry in same_tool if _OUTPUT_PART.sub("", entry.subject) == subject)
        return max((entry.ended - entry.started for entry in like), default=0) if subject else 0

    @property
    def main_times(self) -> tuple[int, int]:
        """The last start and the last result among calls of the main chain, evicted ones too; 0 if there was none."""
        if self._main_times is None:
            self._main_times = self._evicted_times
            for call in self.calls():
                if call.agent == MAIN:
                    self._main_times = _later(self._main_times, call)
        return self._main_times

    def apply(self, event: CallEvent) -> Call | None:
        """Merge an event into its call; return that, or None while it is pending."""
        call = self._calls.get(event.call)
        if call is None:
            return self._apply_to_new(event)
        before, had_ended = (call.agent, call.started, call.result_at), call.state.ended
        call.apply(event)
        self._bodies.update(call)
        if (call.at, call.order) != call.place or call.state.ended is not had_ended:
            self._remove(call, had_ended)
            self._insert(call)
        self._update_main_times(call, before)
        self.version += 1
        return call

    def drop(self, mark: Mark) -> None:
        """Remove a mark, also one that is still to come."""
        self._dropped[mark] = None
        if len(self._dropped) > MAX_MARKS:
            del self._dropped[next(iter(self._dropped))]
        if mark in self._marks:
            del self.entries[self._index(self.entries, mark)]
            del self._marks[mark]
            self.version += 1

    def mark(self, mark: Mark) -> None:
        """Add a mark; one that is there already stays where it is, one that was dropped is not added."""
        order = self._take_order()
        if mark in self._dropped:
            return
        existing = self._marks.get(mark)
        if existing is not None:
            if existing <= order:
                return
            del self.entries[self._index(self.entries, mark)]
        self._marks[mark] = order
        self._add(mark)
        self._evict_marks()
        self.version += 1

    def restore(self, session: SessionKey, calls: Iterable[RecordedCall], main_times: tuple[int, int]) -> None:
        """Merge calls that the store remembers; ``main_times`` are those of calls that it has left out."""
        for recorded in calls:
            self._restore_call(session, recorded)
        last_call, last_result = self._evicted_times
        self._evicted_times = (max(last_call, main_times[0]), max(last_result, main_times[1]))
        self._main_times = None
        self.version += 1

    def renumber(self, highest: int) -> None:
        """Move all entries behind the order ``highest``: what is read now comes after what the store remembers."""
        for call in self._calls.values():
            call.order += highest
            call.place = (call.place[0], call.place[1] + highest)
        self._marks = {mark: order + highest for mark, order in self._marks.items()}
        self._next_order += highest

    def set_order(self, order: int) -> int:
        """Give the next entry this order; return the order it would have had."""
        self._next_order, following = order, self._next_order
        return following

    def shrink(self, capacity: int) -> None:
        """Evict all but the newest entries."""
        self._evict(max(0, len(self.entries) - capacity))

    def _apply_to_new(self, event: CallEvent) -> Call | None:
        call = self._pending.pop(event.call, None) or Call(event.session, event.call)
        call.apply(event)
        self._bodies.update(call)
        if not isinstance(event, CallStarted):
            self._hold_back(call)
            return None
        call.order = self._take_order()
        self._adopt(call)
        self.version += 1
        return call

    def _restore_call(self, session: SessionKey, recorded: RecordedCall) -> None:
        call = self._calls.pop(recorded.id, None)
        if call:
            self._remove(call, call.state.ended)
        else:
            call = self._pending.pop(recorded.id, None) or Call(session, recorded.id)
        call.restore(recorded)
        if recorded.record.is_started:
            call.order = recorded.order
        self._bodies.update(call)
        if call.is_started:
            self._adopt(call)
        else:
            self._hold_back(call)

    def _hold_back(self, call: Call) -> None:
        self._pending[call.id] = call
        if len(self._pending) > MAX_PENDING:
            self._bodies.discard(self._pending.popitem(last=False)[1])

    def _adopt(self, call: Call) -> None:
        self._calls[call.id] = call
        self._insert(call)
        if call.agent == MAIN and self._main_times:
            self._main_times = _later(self._main_times, call)

    def _insert(self, call: Call) -> None:
        call.place = (call.at, call.order)
        if call.state.ended:
            self._close(call)
        else:
            call.closed = False
            self._add_unended(call)
        if self._abandoned or len(self._unended) > MAX_OPEN:
            self._bound_open_calls()
        if len(self.entries) > self._capacity:
            self._evict_surplus()

    def _add_unended(self, call: Call) -> None:
        if not self._unended or self._unended[-1].place < call.place:
            self._unended.append(call)
            return
        insort(self._unended, call, key=self._place_of)
        if self._index(self._unended, call) < self._abandoned:
            self._abandoned += 1
            self._close(call)

    def _remove(self, call: Call, had_ended: bool) -> None:
        if not had_ended:
            index = self._unended.index(call)
            del self._unended[index]
            self._abandoned -= index < self._abandoned
        if call.closed:
            del self.entries[self._index(self.entries, call)]

    def _bound_open_calls(self) -> None:
        surplus = max(0, len(self._unended) - MAX_OPEN)
        while self._abandoned < surplus:
            self._close(self._unended[self._abandoned])
            self._abandoned += 1
        while self._abandoned > surplus:
            self._abandoned -= 1
            call = self._unended[self._abandoned]
            call.closed = False
            del self.entries[self._index(self.entries, call)]

    def _close(self, call: Call) -> None:
        call.closed = True
        self._add(call)

    def _add(self, entry: Entry) -> None:
        last = self.entries[-1] if self.entries else None
        is_newest = last is None or _time_of(entry) > _time_of(last)
        if is_newest or self._place_of(entry) >= self._place_of(self.entries[-1]):
            self.entries.append(entry)
        else:
            insort(self.entries, entry, key=self._place_of)

    def _index(self, entries: Sequence[Entry], entry: Entry) -> int:
        index = bisect_left(entries, self._place_of(entry), key=self._place_of)
        return entries.index(entry, index)

    def _place_of(self, entry: Entry) -> tuple[int, int]:
        return entry.place if isinstance(entry, Call) else (entry.at, self._marks[entry])

    def _take_order(self) -> int:
        self._next_order += 1
        return self._next_order - 1

    def _update_main_times(self, call: Call, before: tuple[str, int, int]) -> None:
        agent, started, result_at = before
        if agent == MAIN and (call.agent != MAIN or call.started < started or call.result_at < result_at):
            self._main_times = None
        elif call.agent == MAIN and self._main_times:
            self._main_times = _later(self._main_times, call)

    def _evict_surplus(self) -> None:
        closed = len(self._calls) - len(self._unended) + self._abandoned
        if closed > self._capacity:
            self._evict(1 + next(index for index, entry in enumerate(self.entries) if isinstance(entry, Call)))

    def _evict_marks(self) -> None:
        if len(self._marks) > MAX_MARKS + MAX_MARKS // 4:
            for mark in [entry for entry in self.entries if isinstance(entry, Mark)][:-MAX_MARKS]:
                self._forget(mark)
            self.entries = [entry for entry in self.entries if isinstance(entry, Call) or entry in self._marks]

    def _evict(self, number: int) -> None:
        for entry in self.entries[:number]:
            self._forget(entry)
        del self.entries[:number]

    def _forget(self, entry: Entry) -> None:
        self.evicted_entries += 1
        if isinstance(entry, Mark):
            del self._marks[entry]
            return
        del self._calls[entry.id]
        self._bodies.discard(entry)
        if entry.agent == MAIN:
            self._evicted_times = _later(self._evicted_times, entry)
        if not entry.state.ended:
            del self._unended[self._index(self._unended, entry)]
            self._abandoned -= 1


def _time_of(entry: Entry) -> int:
    return entry.place[0] if isinstance(entry, Call) else entry.at


def _later(times: tuple[int, int], call: Call) -> tuple[int, int]:
    started, result_at = times
    return (
        call.started if call.started > started else started,
        call.result_at if call.result_at > result_at else result_at,
    )
