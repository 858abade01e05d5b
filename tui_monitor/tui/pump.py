"""Takes what the feed brings into live state, a little at a time, and says when to look again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter

from tui_monitor.events import Health, SessionKey
from tui_monitor.feed.deliveries import (
    CallBodies,
    Delivery,
    DiscoveryResult,
    EventsRead,
    Fault,
    HistoryLoaded,
    KnownSessions,
    Progress,
    ReadIssues,
    TotalsUpdated,
)
from tui_monitor.live.state import Changes, LiveState
from tui_monitor.sources.discovery.find import SearchRoot

FRAME_S = 1 / 30
ERRORS_KEPT = 20
BUDGET_S = 0.012
"""So much of a frame may go into live state; the rest belongs to drawing and to keys."""


@dataclass(slots=True)
class FeedStatus:
    """What is known besides the sessions: how far reading is, what it met, what is wrong."""

    progress: Progress | None = None
    health: Health = field(default_factory=Health)
    troubles: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    roots: tuple[SearchRoot, ...] = ()
    looked: bool = False

    @property
    def catching_up(self) -> bool:
        """Whether what was there at the start has not all been read yet."""
        return self.progress is None or self.progress.bytes_read < self.progress.total_bytes


@dataclass(slots=True)
class FrameUpdate:
    """What one taking brought: changes of sessions, texts that were asked for, whether the circumstances changed, and
    whether there is more to take at once."""

    changes: Changes = field(default_factory=Changes)
    texts: list[CallBodies] = field(default_factory=list)
    known: list[SessionKey] = field(default_factory=list)
    feed_status: bool = False
    more: bool = False


class DeliveryPump:
    """Moves deliveries from the feed into live state."""

    def __init__(
        self, take: Callable[[], Iterator[Delivery]], live: LiveState, timer: Callable[[], float] = perf_counter
    ) -> None:
        self.feed_status = FeedStatus()
        self._take = take
        self._live = live
        self._timer = timer

    def frame(self, budget: float = BUDGET_S) -> FrameUpdate:
        """Take what has come, for about ``budget`` seconds."""
        frame = FrameUpdate()
        until = self._timer() + budget
        for delivery in self._take():
            self._apply(delivery, frame)
            if self._timer() >= until:
                frame.more = True
                break
        return frame

    def _apply(self, delivery: Delivery, frame: FrameUpdate) -> None:
        match delivery:
            case EventsRead(events):
                self._live.apply(events, frame.changes)
            case HistoryLoaded(session, events):
                self._live.restore(session, events, frame.changes)
            case TotalsUpdated(totals):
                for total in totals:
                    self._live.set_totals(total, frame.changes)
            case KnownSessions(sessions):
                frame.known.extend(sessions)
            case CallBodies():
                frame.texts.append(delivery)
            case Progress() | DiscoveryResult() | ReadIssues() | Fault():
                self._note(delivery)
                frame.feed_status = True

    def _note(self, delivery: Progress | DiscoveryResult | ReadIssues | Fault) -> None:
        now = self.feed_status
        match delivery:
            case Progress():
                now.progress = delivery
            case DiscoveryResult(notes, roots):
                now.looked, now.notes, now.roots = True, notes or now.notes, roots
            case ReadIssues(_, health):
                met = now.health + health
                now.health = Health(met.lines, met.skipped, met.unknown, met.errors[-ERRORS_KEPT:])
            case Fault(where, ""):
                now.troubles.pop(where, None)
            case Fault(where, text):
                now.troubles[where] = text
