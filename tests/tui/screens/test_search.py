"""The search over all sessions: typed, answered, opened, copied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from tests.tui.fake_source import FakeSource, app_context
from tests.tui.monitor_bench import MonitorBench
from tests.tui.search_bench import OTHER, SearchedSource
from tui_monitor.feed.deliveries import HistoryLoaded, SearchAnswered, TotalsUpdated
from tui_monitor.live.entries import Call, Mark
from tui_monitor.search.hits import SearchAnswer
from tui_monitor.tui.app import MonitorApp
from tui_monitor.tui.screens.search import SearchScreen


@asynccontextmanager
async def searching(size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[MonitorBench, SearchedSource]]:
    """Run the monitor with the search open."""
    source = SearchedSource()
    app = MonitorApp(app_context(source, lambda: source.shown.now))
    async with app.run_test(size=size) as pilot:
        at = MonitorBench(app, pilot, source)
        await at.sees("Activity")
        await at.press("F")
        await at.sees("Search all sessions", "only in this project")
        yield at, source
    source.store.close()


def hits(at: MonitorBench) -> str:
    """Return the title of the screen."""
    return at.text().splitlines()[0]


async def search(at: MonitorBench, text: str, found: str) -> None:
    """Type a text, and wait for the number of its hits."""
    await at.press(*text)
    await answered(at, found)


async def answered(at: MonitorBench, found: str) -> None:
    """Wait until the hits are those of all that is typed."""
    screen = at.app.screen
    assert isinstance(screen, SearchScreen)
    await at.until(lambda: screen._answer.query == screen._query and f" {found} ━" in hits(at))


def notices(at: MonitorBench) -> list[str]:
    return [notice.message for notice in at.app._notifications]


async def test_hits_follow_what_is_typed() -> None:
    async with searching() as (at, source):
        await at.press(*"lam")
        await at.sees("make lamps && pytest", "Why does the red lamp not light?", "lamps.py", "lighthouse")
        await at.until(lambda: source.searches[-1].terms.words == ("lam",))
        await search(at, "ps x", "no hits")
        await at.press("backspace", "backspace")
        await answered(at, "2 hits")
        await at.press(*["backspace"] * 5)
        await at.sees("only in this project")


async def test_output_is_shown_after_what_made_it() -> None:
    async with searching() as (at, _):
        await at.press(*'"summer time is')
        await at.sees("↳ lamp 2: summer time is wrong", "1 hit")


async def test_hit_in_another_session_opens_it_at_its_row() -> None:
    async with searching() as (at, source):
        await search(at, "lamps pytest", "1 hit")
        await at.press("enter")
        await at.until(lambda: ("history", OTHER.id) in source.requests)
        history, totals = source.store.history(OTHER), source.store.totals(OTHER)
        await at.deliver(HistoryLoaded(history), TotalsUpdated((totals,)))
        await at.sees("paused", "Why does the red lamp")
        entry = at.view.activity.log_view.selected
        assert entry
        assert isinstance(entry.entry, Call)
        assert entry.entry.subject.startswith("make lamps")


async def test_prompt_of_the_displayed_session_is_selected_at_once() -> None:
    async with searching() as (at, source):
        await search(at, f'"{source.shown.state.prompt}', "1 hit")
        await at.press("enter")
        await at.sees("Activity · paused")
        entry = at.view.activity.log_view.selected
        assert entry
        assert isinstance(entry.entry, Mark)


async def test_list_of_sessions_stays_below_the_search_until_a_hit_is_chosen() -> None:
    async with searching() as (at, source):
        await at.press("escape")
        await at.sees("Activity")
        await at.press("s")
        await at.sees("━ Sessions ━")
        await at.press("F")
        await at.sees("Search all sessions")
        await at.press("escape")
        await at.sees("━ Sessions ━")
        await at.press("F")
        await at.sees("Search all sessions")
        await search(at, f'"{source.shown.state.prompt}', "1 hit")
        await at.press("enter")
        await at.sees("Activity · paused")


async def test_command_that_resumes_is_copied() -> None:
    async with searching() as (at, _):
        await search(at, "lamps source:codex", "2 hits")
        await at.press("down", "y")
        await at.until(lambda: at.app.clipboard == "cd /home/ada/lighthouse && codex resume s-2")
        await at.press("e")
        assert notices(at) == ["Copied.", "No file."]


async def test_escape_goes_back_and_slash_to_the_words() -> None:
    async with searching() as (at, _):
        await at.press(*"lamps")
        await at.sees("hits")
        await at.press("down", "slash", *"zz")
        await answered(at, "no hits")
        await at.press("escape")
        await at.sees("Activity")


async def test_answer_to_words_that_have_changed_is_not_shown() -> None:
    async with searching() as (at, source):
        await search(at, "lamps", "2 hits")
        screen = at.app.screen
        assert isinstance(screen, SearchScreen)
        answer = source.answer(source.searches[0])
        assert isinstance(answer, SearchAnswered)
        screen.show_answer(answer.answer)
        await at.settle()
        assert "2 hits" in hits(at)


async def test_texts_that_are_not_indexed_are_counted_and_asked_for_again() -> None:
    async with searching() as (at, source):
        await search(at, "lamps", "2 hits")
        count = len(source.searches)
        screen = at.app.screen
        assert isinstance(screen, SearchScreen)
        screen.show_answer(SearchAnswer(source.searches[-1], unindexed=1200))
        await at.sees("1,200 texts not indexed yet")
        await at.until(lambda: len(source.searches) > count)
        await at.sees("2 hits")


async def test_fault_of_the_store_is_shown() -> None:
    async with searching() as (at, source):
        await at.press("l")
        await at.sees(" hits")
        screen = at.app.screen
        assert isinstance(screen, SearchScreen)
        screen.show_answer(SearchAnswer(source.searches[-1], fault="The store is locked."))
        await at.sees("The store is locked.")


async def test_hit_that_the_log_lacks_is_said() -> None:
    async with searching() as (at, source):
        await search(at, "lamps pytest", "1 hit")
        await at.press("enter")
        history, totals = source.store.history(OTHER), source.store.totals(OTHER)
        await at.deliver(HistoryLoaded(replace(history, calls=())), TotalsUpdated((totals,)))
        await at.until(lambda: notices(at) == ["The log does not reach back to that time."])


async def test_question_is_asked_once_while_it_is_not_answered() -> None:
    source = FakeSource(*SearchedSource()._waiting)
    app = MonitorApp(app_context(source))
    async with app.run_test(size=(80, 24)) as pilot:
        at = MonitorBench(app, pilot, source)
        await at.sees("WAITS FOR YOU")
        await at.press("F", *"lamps")
        assert [query.terms.words for query in source.searches] == [("l",)]
        await at.deliver(SearchAnswered(SearchAnswer(source.searches[0])))
        await at.until(lambda: [query.terms.words for query in source.searches] == [("l",), ("lamps",)])
