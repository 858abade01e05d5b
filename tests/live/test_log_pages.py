"""The log page by page: the same entries as the log of a live state, whatever the size of a page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.harbour_totals import working_afternoon
from tests.tui.live_builder import SESSION
from tui_monitor.events import Batch, Checkpoint, CompactionUpdate, Prompt, SessionKey
from tui_monitor.live.entries import Call, Entry, Mark, MarkKind
from tui_monitor.live.log_pages import MARKING, PlacedEntry, entries_of, is_same
from tui_monitor.merge.history import BEGINNING, END, HistoryPage, LogPlace
from tui_monitor.store import Store, private_store
from tui_monitor.store.log_pages import CallScope, PageScope

ALL = PageScope(CallScope.ANY, MARKING)


@pytest.fixture(scope="module")
def stored() -> Iterator[Store]:
    """Return a store with the made-up afternoon."""
    store = private_store(bodies=True)
    store.ingest(Batch("", Checkpoint("s", "/s", "claude-code", 1, "1"), tuple(working_afternoon().events)))
    yield store
    store.close()


def expected() -> list[Entry]:
    """Return the entries of the live state, in the order of the log."""
    return [entry for _, entry in working_afternoon().state.log.placed()]


def pages(store: Store, size: int, scope: PageScope = ALL, *, back: bool) -> Iterator[HistoryPage]:
    """Yield all pages of the session, from its end or from its beginning on."""
    place: LogPlace | None = END if back else BEGINNING
    for number in count():
        assert number < 200
        assert place
        page = store.log.page(SESSION, place, size, scope, back=back)
        yield page
        if page.is_whole:
            return
        place = page.first if back else page.last


def joined(store: Store, size: int, *, back: bool) -> list[PlacedEntry]:
    """Return the entries of all pages, in the order of the log."""
    parts = [entries_of(SESSION, page) for page in pages(store, size, back=back)]
    return [entry for part in (reversed(parts) if back else parts) for entry in part]


@given(size=st.integers(1, 60), back=st.booleans())
def test_pages_of_any_size_have_the_entries_of_the_live_log(stored: Store, size: int, back: bool) -> None:
    placed = joined(stored, size, back=back)
    assert len(placed) == len(expected())
    assert all(map(is_same, (each.entry for each in placed), expected()))
    assert [each.place for each in placed] == sorted(each.place for each in placed)


@pytest.mark.parametrize(
    ("scope", "kinds"),
    [
        (PageScope(CallScope.NONE, (Prompt,)), {MarkKind.PROMPT}),
        (PageScope(CallScope.NONE, (CompactionUpdate,)), {MarkKind.COMPACTED}),
    ],
)
def test_page_has_only_what_is_asked_for(stored: Store, scope: PageScope, kinds: set[MarkKind]) -> None:
    entries = [each.entry for page in pages(stored, 2, scope, back=True) for each in entries_of(SESSION, page)]
    assert {entry.kind for entry in entries if isinstance(entry, Mark)} == kinds
    assert len(entries) == sum(isinstance(entry, Mark) and entry.kind in kinds for entry in expected())


@pytest.mark.parametrize("scope", [CallScope.MAY_FAIL, CallScope.CHANGING])
def test_calls_that_may_match_are_all_there(stored: Store, scope: CallScope) -> None:
    ids = {call.id for page in pages(stored, 3, PageScope(scope), back=True) for call in page.calls}
    for call in expected():
        if isinstance(call, Call) and (
            call.changes if scope is CallScope.CHANGING else call.state.failed or call.state.rejected or call.suspicious
        ):
            assert call.id in ids


def test_calls_are_found_by_id_and_by_number(stored: Store) -> None:
    calls = [each for each in joined(stored, 50, back=True) if isinstance(each.entry, Call)]
    for number, each in enumerate(calls):
        assert isinstance(each.entry, Call)
        assert stored.log.place_of(SESSION, each.entry.id) == each.place
        assert stored.log.nth_place(SESSION, number) == each.place
        assert stored.log.calls_before(SESSION, each.place) <= number
    assert stored.log.calls_before(SESSION, END) == len(calls)
    assert stored.log.nth_place(SESSION, len(calls)) is None
    assert stored.log.place_of(SESSION, "unknown") is None


def test_unknown_session_has_no_page(stored: Store) -> None:
    assert stored.log.page(SessionKey("codex", "x"), END, 9, ALL, back=True) == HistoryPage()
