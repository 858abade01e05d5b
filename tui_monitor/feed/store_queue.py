"""The queue of batches to be stored: those of all sources together, each source getting its share."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tui_monitor.events import Batch, SessionKey
from tui_monitor.sources.base import Adapter

MAX_EVENTS = 2000
"""Events after which a transaction is large enough, however much waits: one event more costs the same by then."""
MAX_BYTES = 8 << 20
"""Bytes read after which a transaction is large enough."""

SourceBatch: TypeAlias = tuple[Batch, Adapter | None]
"""A batch with the adapter that can open its file again; None for that of a pipe."""


@dataclass(frozen=True, slots=True)
class _Entry:
    batch: Batch
    adapter: Adapter | None
    number: int
    noticed_at: float
    sessions: frozenset[SessionKey]


class StoreQueue:
    """Waiting batches by source. `take` goes round the sources, so that one with a long backlog delays no other.

    ``events`` and ``size`` (bytes) are what waits in all.
    """

    def __init__(self) -> None:
        self.events = 0
        self.size = 0
        self.number = 0
        """Number of the batch that was put last."""
        self._sources: OrderedDict[str, deque[_Entry]] = OrderedDict()
        self._taken: list[_Entry] = []

    def __bool__(self) -> bool:
        return bool(self._sources)

    def put(self, batch: Batch, adapter: Adapter | None, noticed_at: float) -> None:
        """Append a batch whose data were noticed at this time, in seconds of any clock."""
        self.number += 1
        self.events += len(batch.events)
        self.size += batch.size
        entry = _Entry(batch, adapter, self.number, noticed_at, batch.sessions())
        self._sources.setdefault(batch.after.source, deque()).append(entry)

    def take(self) -> list[SourceBatch]:
        """Remove and return a transaction's worth of batches; those that continue one another are joined.

        They count as waiting until `complete` is called.
        """
        taken: dict[str, list[_Entry]] = {}
        events = size = 0
        while self._sources and events < MAX_EVENTS and size < MAX_BYTES:
            source, waiting = self._sources.popitem(last=False)
            entry = waiting.popleft()
            if waiting:
                self._sources[source] = waiting
            taken.setdefault(source, []).append(entry)
            events += len(entry.batch.events)
            size += entry.batch.size
        self.events -= events
        self.size -= size
        self._taken = [entry for entries in taken.values() for entry in entries]
        return [joined for entries in taken.values() for joined in _joined(entries)]

    def complete(self) -> None:
        """Forget what was taken last: it is stored."""
        self._taken = []

    def pipe_batches(self) -> list[Batch]:
        """Return the waiting batches of pipes."""
        return [entry.batch for waiting in self._sources.values() for entry in waiting if entry.adapter is None]

    def stored_number(self) -> int:
        """Return the number up to which no batch waits any more."""
        return min((waiting[0].number for waiting in self._sources.values()), default=self.number + 1) - 1

    def oldest(self, session: SessionKey) -> float | None:
        """Return when the data of a session that have waited longest were noticed; None if there are none."""
        queues = (self._taken, *self._sources.values())
        firsts = (next((entry for entry in queue if session in entry.sessions), None) for queue in queues)
        return min((entry.noticed_at for entry in firsts if entry), default=None)


def _joined(entries: list[_Entry]) -> Iterator[SourceBatch]:
    run: list[Batch] = []
    for entry in entries:
        if run and not run[-1].is_continued_by(entry.batch):
            yield run[0].joined(*run[1:]), entries[0].adapter
            run = []
        run.append(entry.batch)
    yield run[0].joined(*run[1:]), entries[0].adapter
