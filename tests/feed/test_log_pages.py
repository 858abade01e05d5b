"""Pages of a log as deliveries: asked for by place, by call, by number; only what matches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feed.running import running
from tests.feed.sessions import CLAUDE, claude_lines
from tests.tui.paging_bench import LONG, long_session
from tui_monitor.events import Batch, Checkpoint
from tui_monitor.feed import log_pages
from tui_monitor.feed.deliveries import LogPageLoaded
from tui_monitor.feed.log_pages import LogPage, PageRequest, Way, load_page
from tui_monitor.live.entries import Call, Entry
from tui_monitor.merge.history import BEGINNING, END
from tui_monitor.store import Store, open_store, private_store


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """Return a store with a session of 900 calls."""
    store = private_store(bodies=True)
    store.ingest(Batch("", Checkpoint("s", "/s", "claude-code", 1, "1"), tuple(long_session(900))))
    yield store
    store.close()


def calls(page: LogPage) -> list[str]:
    return [each.entry.id for each in page.entries if isinstance(each.entry, Call)]


def is_failure(entry: Entry) -> bool:
    return isinstance(entry, Call) and entry.state.failed


def test_page_is_delivered(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(claude_lines(3))
    with running(path, open_store=lambda: open_store(tmp_path / "data" / "monitoring.db")) as run:
        run.wait_for_calls(CLAUDE.id, 6)
        request = PageRequest(CLAUDE, Way.BACK, counts=True)
        run.feed.request_page(request)
        run.wait_for(lambda: run.of(LogPageLoaded))
    [loaded] = run.of(LogPageLoaded)
    assert loaded.request is request
    assert len(calls(loaded.page)) == 6
    assert (loaded.page.is_start, loaded.page.calls_before) == (True, 0)


def test_page_around_a_call_has_what_is_on_both_sides(store: Store) -> None:
    page = load_page(store, PageRequest(LONG, Way.AROUND, call="c400", count=20, counts=True))
    assert calls(page) == [f"c{n}" for n in range(392, 410)]  # and words, and a prompt
    assert (page.is_start, page.is_end) == (False, False)
    assert page.calls_before == 392
    assert calls(load_page(store, PageRequest(LONG, Way.AROUND, many=402, count=2))) == ["c401", "c402"]


def test_only_what_matches_is_on_a_page_and_the_place_goes_on_behind_it(store: Store) -> None:
    request = PageRequest(LONG, Way.BACK, count=3, matches=is_failure)
    page = load_page(store, request)
    assert calls(page) == ["c678", "c775", "c872"]
    again = load_page(store, PageRequest(LONG, Way.BACK, page.first, count=30, matches=is_failure))
    assert calls(again) == [f"c{n}" for n in (96, 193, 290, 387, 484, 581)]
    assert again.is_start
    forward = load_page(store, PageRequest(LONG, Way.FORWARD, BEGINNING, count=2, matches=is_failure))
    assert calls(forward) == ["c96", "c193"]


def test_answer_looks_at_so_many_entries_and_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_pages, "LOOKED_AT", 200)
    looked, place = 0, END
    while True:
        page = load_page(store, PageRequest(LONG, Way.BACK, place, count=1, matches=lambda entry: False))
        looked, place = looked + 1, page.first
        assert page.entries == ()
        if page.is_start:
            break
    assert looked == 5


def test_unknown_call_gives_the_end_of_the_log(store: Store) -> None:
    page = load_page(store, PageRequest(LONG, Way.AROUND, call="unknown", count=4))
    assert calls(page)[-1] == "c899"
    assert page.is_end
