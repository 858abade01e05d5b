"""What the threads hand to the one that draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tui_monitor.events import Change, Event, Health, SessionKey
from tui_monitor.sources.discovery.find import SearchRoot
from tui_monitor.totals import SessionTotals


@dataclass(frozen=True, slots=True)
class EventsRead:
    """New events of one source, in their order."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class KnownSessions:
    """Sessions of which the store remembers something; comes before anything new of them."""

    sessions: tuple[SessionKey, ...]


@dataclass(frozen=True, slots=True)
class HistoryLoaded:
    """The answer to a question for what the store remembers of a session, as events."""

    session: SessionKey
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class TotalsUpdated:
    """Sums as they are in the store, of the sessions that have changed."""

    totals: tuple[SessionTotals, ...]


@dataclass(frozen=True, slots=True)
class DiscoveryResult:
    """What looking for sources met: lines for a person, and where was looked in vain."""

    notes: tuple[str, ...]
    roots: tuple[SearchRoot, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the backlog has been read, in bytes; done when both are equal."""

    done: int
    size: int


@dataclass(frozen=True, slots=True)
class ReadIssues:
    """What reading a piece of ``path`` met that it could not use."""

    path: str
    health: Health


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is wrong with ``where`` (a path, or the store); an empty text: no longer."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class CallBodies:
    """The answer to a question for the texts of one call; ``complete`` if nothing of them was cut."""

    session: SessionKey
    call: str
    input: str
    output: str
    error: str
    metadata: str
    changes: tuple[Change, ...]
    complete: bool


Delivery: TypeAlias = (
    EventsRead
    | KnownSessions
    | HistoryLoaded
    | TotalsUpdated
    | DiscoveryResult
    | Progress
    | ReadIssues
    | Fault
    | CallBodies
)


def cost(delivery: Delivery) -> int:
    """How much work a delivery makes, roughly: its events."""
    return len(delivery.events) if isinstance(delivery, EventsRead | HistoryLoaded) else 1
