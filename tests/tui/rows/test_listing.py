"""Rows as lines, and the position of the cursor among them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.live_builder import LiveBuilder
from tests.tui.rows.drawn import context
from tui_monitor.events import ToolKind
from tui_monitor.tui.rows.fold import ListingOptions, list_rows
from tui_monitor.tui.rows.items import HiddenOpenCalls, LogItem, TimeGap
from tui_monitor.tui.rows.listing import LogCursor, LogListing


def listing(live: LiveBuilder, view: ListingOptions | None = None, details: bool = True) -> LogListing:
    return LogListing(list_rows(live.state, context(live), view or ListingOptions()), details)


def some_calls() -> LiveBuilder:
    live = LiveBuilder()
    live.shell("one")
    live.failed_shell("two", "boom")
    live.shell("three")
    return live


def test_failure_with_its_reason_takes_two_lines() -> None:
    listed = listing(some_calls())
    assert listed.height == 4
    assert [listed.at_line(line) for line in range(4)] == [(0, 0), (1, 0), (1, 1), (2, 0)]
    assert [listed.lines_of(index) for index in range(3)] == [range(1), range(1, 3), range(3, 4)]


def test_without_details_all_rows_take_one() -> None:
    assert listing(some_calls(), details=False).height == 3


def test_rows_that_cannot_be_selected_are_skipped() -> None:
    first, second = (LogItem((call,)) for call in some_calls().state.log.entries[::2])
    listed = LogListing([TimeGap(1, 1, True), first, HiddenOpenCalls(3), second, HiddenOpenCalls(1)])
    assert (listed.first(), listed.last()) == (1, 3)
    assert (listed.step(1, 1), listed.step(3, -1), listed.step(3, 1), listed.step(1, -1)) == (3, 1, None, None)
    assert [listed.item(index) for index in (-1, 0, 1, 5)] == [None, None, first, None]


def test_empty_listing_has_no_rows() -> None:
    assert (LogListing().height, LogListing().first(), LogListing().last(), LogListing().newest_at()) == (
        0,
        None,
        None,
        0,
    )


class TestFind:
    """Find the row of an entry again."""

    def test_item_among_added_and_removed_rows(self) -> None:
        live = some_calls()
        sought = listing(live).item(1)
        assert sought
        live.shell("four")
        live.state.log.shrink(3)
        assert listing(live).find(sought) == 0

    def test_item_that_became_part_of_a_run(self) -> None:
        live = LiveBuilder()
        live.read("a")
        sought = listing(live).item(0)
        assert sought
        live.read("b")
        assert listing(live).find(sought) == 0

    def test_unfolded_run_instead_of_its_newest_call(self) -> None:
        live = LiveBuilder()
        unfolded = ListingOptions(unfolded=frozenset({live.read("a").id}))
        live.read("b")
        listed = listing(live, unfolded)
        indices = [listed.find(item) for item in map(listed.item, range(3)) if item]
        assert indices == [0, 1, 2]

    def test_hidden_item_is_replaced_by_the_one_before(self) -> None:
        live = some_calls()
        sought = listing(live).item(1)
        assert sought
        assert LogListing([row for row in listing(live).rows if row != sought]).find(sought) == 0

    def test_evicted_item_is_replaced_by_the_oldest(self) -> None:
        live = some_calls()
        sought = listing(live).item(0)
        assert sought
        live.state.log.shrink(1)
        assert listing(live).find(sought) == 0
        assert LogListing().find(sought) is None


class TestCursor:
    """The selected row, which follows or stays."""

    def test_cursor_follows_the_newest_row_at_first(self) -> None:
        live, cursor = some_calls(), LogCursor()
        cursor.relist(listing(live))
        assert cursor.index == 2
        live.shell("four")
        cursor.relist(listing(live))
        assert (cursor.index, cursor.behind) == (3, 0)

    def test_cursor_stays_on_its_entry(self) -> None:
        live, cursor = some_calls(), LogCursor()
        cursor.relist(listing(live))
        cursor.stop_following(cursor.listing.newest_at())
        cursor.index = 1
        live.shell("four")
        live.state.log.shrink(3)
        cursor.relist(listing(live))
        assert cursor.index == 0
        assert cursor.item
        assert cursor.item.entry is live.state.log.get("call-2")

    def test_cursor_counts_new_entries(self) -> None:
        live, cursor = some_calls(), LogCursor()
        running = live.start("Bash", ToolKind.SHELL, "open")
        cursor.relist(listing(live))
        cursor.stop_following(cursor.listing.newest_at())
        cursor.stop_following(cursor.listing.newest_at())
        live.read("a")
        live.read("b")
        live.finish(running, seconds=5)
        live.start("Bash", ToolKind.SHELL, "next")
        cursor.relist(listing(live))
        assert cursor.behind == 4
        cursor.follow()
        assert (cursor.behind, cursor.index) == (0, cursor.listing.last())

    def test_cursor_in_an_empty_listing(self) -> None:
        cursor = LogCursor()
        assert (cursor.index, cursor.item) == (None, None)


@given(st.lists(st.sampled_from(["read", "shell", "fail", "forget", "leave", "up", "unfold"]), max_size=25))
def test_cursor_is_always_on_a_row(steps: list[str]) -> None:
    live, cursor, unfolded = LiveBuilder(), LogCursor(), frozenset[str]()
    for step in steps:
        match step:
            case "read":
                live.read("a")
            case "shell":
                live.shell("make")
            case "fail":
                live.failed_shell("make", "boom")
            case "forget":
                live.state.log.shrink(2)
            case "leave":
                cursor.stop_following(cursor.listing.newest_at())
            case "up" if cursor.index is not None:
                cursor.stop_following(cursor.listing.newest_at())
                up = cursor.listing.step(cursor.index, -1)
                cursor.index = cursor.index if up is None else up
            case "unfold" if cursor.item:
                unfolded = frozenset(getattr(entry, "id", "") for entry in cursor.item.entries)
        cursor.relist(listing(live, ListingOptions(unfolded=unfolded)))
        assert (cursor.item is None) == (cursor.listing.first() is None)
        if cursor.following:
            assert cursor.index == cursor.listing.last()
