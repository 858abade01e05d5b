"""Projections: tables derived from events, each of which declares what it reads and what it is written after."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from tui_monitor.events import ContextUpdate, Event, Rates, SessionKey, SessionTotalUpdate, Usage
from tui_monitor.store.intern import InternTables
from tui_monitor.store.retention.pruned_events import PrunedEvents

_E = TypeVar("_E", bound=Event)
_P = TypeVar("_P", bound="Projection[Any]")


@dataclass(frozen=True, slots=True)
class Effects:
    """Consequences of a batch: sessions whose totals may have changed, agents (by number) with new figures or times."""

    sessions: frozenset[SessionKey] = frozenset()
    agents: frozenset[int] = frozenset()

    def union(self, other: Effects) -> Effects:
        """Return both together."""
        return Effects(self.sessions | other.sessions, self.agents | other.agents)


class Pricing(Protocol):
    """Prices and windows of what is stored, as the feed adds them to what is read."""

    @property
    def has_other_windows(self) -> bool:
        """False if the windows are those by which everything was stored."""

    def rates_at(self, usage: Usage) -> Callable[[int, int], Rates | None]:
        """Return the rates of responses like this one by time and tokens of the prompt; None if they are unknown."""

    def listed_cost(self, total: SessionTotalUpdate) -> int | None:
        """Return at least what it costs that a total leaves to the price list, in picodollars; None if unknown."""

    def with_window(self, update: ContextUpdate) -> ContextUpdate:
        """Return the update with the window of its model, unless its source reports it."""


class Projection(Generic[_E]):
    """Base class of projections: `apply` each event of a batch in memory, write it all with `flush`.

    ``reads`` are the event classes that are applied (subclasses included), ``after`` the projections that must have
    been flushed before this one. Order the calls as `prefetch`, `apply` per event, `flush`, `reset`.
    """

    reads: ClassVar[tuple[type[Event], ...]] = ()
    after: ClassVar[tuple[type[Projection[Any]], ...]] = ()

    def __init__(self, context: ProjectionContext) -> None:
        self._connection = context.connection
        self._interned = context.interned

    def prefetch(self, events: Sequence[_E]) -> None:
        """Load the rows that these events, all that will be applied of this batch, may change."""

    def apply(self, event: _E, order: int) -> None:
        """Take one event into account; ``order`` is its number in the order of reading."""

    def reprice(self, pricing: Pricing) -> Iterator[Effects]:
        """Apply other prices and windows to all rows. At each step what has changed so far is flushed; yield effects of
        the step that are not those of the flush."""
        return iter(())

    def flush(self, earlier: Effects) -> Effects:
        """Write the changes and return their effects; ``earlier`` are those of the projections flushed before."""
        return Effects()

    def reset(self) -> None:
        """Drop the rows held for the batch, which has been flushed; a cache for later batches must be bounded here."""


class ProjectionContext:
    """The database, and the projections made so far for one `Ingest`."""

    def __init__(self, connection: sqlite3.Connection, *, keep_bodies: bool) -> None:
        self.connection = connection
        self.interned = InternTables(connection)
        self.keep_bodies = keep_bodies
        self.pruned = PrunedEvents(connection, self.interned)
        self._projections: dict[type[Projection[Any]], Projection[Any]] = {}

    def build(self, kinds: Iterable[type[Projection[Any]]]) -> list[Projection[Any]]:
        """Make these projections and return them in an order in which they can be flushed.

        Raises:
            graphlib.CycleError: projections come after one another in a circle.
        """
        for kind in TopologicalSorter({kind: kind.after for kind in kinds}).static_order():
            self._projections[kind] = kind(self)
        return list(self._projections.values())

    def get(self, kind: type[_P]) -> _P:
        """Return the projection of this class, which must be named in ``after`` by the one that asks."""
        projection = self._projections[kind]
        assert isinstance(projection, kind)
        return projection
