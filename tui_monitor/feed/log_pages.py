"""Pages of the log of a session, for somebody who looks back: entries as in the live state, matching or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from tui_monitor.events import SessionKey
from tui_monitor.merge.history import BEGINNING, END, LogPlace
from tui_monitor.store import Pruning, Store
from tui_monitor.store.log_pages import CallScope, PageScope

if TYPE_CHECKING:
    from tui_monitor.live.entries import Entry
    from tui_monitor.live.log_pages import PlacedEntry

COUNT = 200
"""Entries of a page."""
LOOKED_AT = 1000
"""Entries that are looked at for one answer: the store has other work, too, and the person may want something else."""


class Way(Enum):
    """Where the entries of a page are, seen from its place."""

    BACK = auto()
    FORWARD = auto()
    AROUND = auto()


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A question for ``count`` entries before, after or around a place.

    The place is that of a ``call`` or of the call with so ``many`` before it, if one is given. Only entries of the
    ``scope`` (None: any) that ``matches`` (in the writer's thread) are returned. With ``counts`` the calls before them
    are counted.
    """

    session: SessionKey
    way: Way
    place: LogPlace = END
    call: str = ""
    many: int | None = None
    count: int = COUNT
    scope: PageScope | None = None
    matches: Callable[[Entry], bool] | None = None
    counts: bool = False


@dataclass(frozen=True, slots=True)
class LogPage:
    """Entries in their order, between ``first`` and ``last``: all that match of what was looked at.

    ``is_start`` and ``is_end`` are set if the store has nothing before or after that. ``calls_before`` is None unless
    it was asked for, ``prunings`` is what is no longer kept of the session.
    """

    entries: tuple[PlacedEntry, ...]
    first: LogPlace
    last: LogPlace
    is_start: bool = False
    is_end: bool = False
    calls_before: int | None = None
    prunings: tuple[Pruning, ...] = ()


def load_page(store: Store, request: PageRequest) -> LogPage:
    """Return the page that was asked for; an empty one at the end of the log if its call is not known."""
    place = _place(store, request)
    if request.way is Way.AROUND:
        half = replace(request, count=request.count // 2)
        before = _walk(store, half, place, back=True)
        after = _walk(store, half, LogPlace(place.at, place.order - 1), back=False)
        page = LogPage((*before.entries, *after.entries), before.first, after.last, before.is_start, after.is_end)
    else:
        page = _walk(store, request, place, back=request.way is Way.BACK)
    count = store.log.calls_before(request.session, page.first) if request.counts else None
    prunings = store.retention.prunings(request.session) if page.is_start else ()
    return replace(page, calls_before=count, prunings=prunings)


def _place(store: Store, request: PageRequest) -> LogPlace:
    if request.call:
        return store.log.place_of(request.session, request.call) or END
    if request.many is not None:
        return store.log.nth_place(request.session, request.many) or END
    return request.place


def _walk(store: Store, request: PageRequest, place: LogPlace, *, back: bool) -> LogPage:
    """Return the next entries that match, in one direction."""
    from tui_monitor.live.log_pages import MARKING, entries_of  # not where nobody looks back

    scope = request.scope or PageScope(CallScope.ANY, MARKING)
    entries: list[PlacedEntry] = []
    begin, looked_at, is_whole = place, 0, False
    while not is_whole and looked_at < LOOKED_AT and len(entries) < request.count:
        page = store.log.page(request.session, place, COUNT, scope, back=back)
        is_whole, looked_at = page.is_whole, looked_at + COUNT
        place = (page.first if back else page.last) or place
        found = entries_of(request.session, page)
        entries += [each for each in (reversed(found) if back else found) if _matches(request, each.entry)]
    if len(entries) > request.count:
        del entries[request.count :]
        place, is_whole = entries[-1].place, False
    if is_whole:
        place = BEGINNING if back else END
    if back:
        return LogPage(tuple(reversed(entries)), place, begin, is_start=is_whole)
    return LogPage(tuple(entries), begin, place, is_start=begin <= BEGINNING, is_end=is_whole)


def _matches(request: PageRequest, entry: Entry) -> bool:
    return request.matches is None or request.matches(entry)
