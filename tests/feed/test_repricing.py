"""A store to which other prices are applied is one that was read with them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.ledger.oracle import SESSIONS, any_usage
from tests.store.builders import APPLE, BIRCH, NOON, batch, ingest, usage
from tui_monitor.events import ContextUpdate, Event, SessionTotalUpdate, Tokens, Usage
from tui_monitor.feed.enrich import EventPricing, enriched
from tui_monitor.pricing import Overrides, PriceBook
from tui_monitor.store import Store, private_store
from tui_monitor.store.amount_columns import join_cost

BOOKS = [
    PriceBook(Overrides.from_tables(prices, windows), clock=lambda: NOON)
    for prices, windows in (
        ({}, {}),
        ({"model-0": {"input": 1, "output": 5}}, {"model-0": 40}),
        ({"model-*": {"input": 2, "output": 3, "web_search": 10}}, {"model-*": 1000}),
        ({"*": {"input": 0, "output": 0, "cache_read": 0, "cache_write": 0}}, {"*": 100}),
        ({"model-1": {"input": 999_999, "output": 10**6}, "acme/model-0": {"input": 7, "output": 1}}, {}),
    )
]
OLD, NEW = BOOKS[1:3]


@st.composite
def reported_totals(draw: st.DrawFn) -> Event:
    """Draw a total of a session that may leave the price of some tokens to the list; later ones are larger."""
    moment = draw(st.integers(1, 4))
    models = tuple((f"model-{number}", Tokens(10 * moment, number)) for number in range(draw(st.integers(0, 2))))
    return SessionTotalUpdate(
        session=draw(st.sampled_from(SESSIONS)),
        at=moment * 400_000,
        until=draw(st.sampled_from([0, moment * 400_000])),
        run=draw(st.sampled_from(["", f"cost:{moment}:{len(models)}"])) and f"cost:{moment}:{len(models)}",
        cost=draw(st.sampled_from([None, moment * 100])),
        tokens=Tokens(moment * 20, moment, 1, 1),
        list_priced=models,
    )


@st.composite
def contexts(draw: st.DrawFn) -> Event:
    """Draw a context smaller than any window, with or without a window that its source knows."""
    limit, source = draw(st.sampled_from([(None, ""), (500, "")]))
    return ContextUpdate(
        session=draw(st.sampled_from(SESSIONS)),
        at=draw(st.integers(1, 5)),
        tokens=draw(st.integers(0, 30)),
        limit=limit,
        limit_source=source,
        model="model-0",
    )


def read(events: Sequence[Sequence[Event]], prices: PriceBook) -> Store:
    """Return a private store with these batches."""
    store = private_store()
    for some in events:
        ingest(store, *enriched(batch(some), prices).events)
    return store


def content(store: Store) -> dict[str, list[Any]]:
    """Return all rows: rates by their values, since their numbers depend on the past, and money as one number."""
    connection = store._database.connection
    rates = {None: None} | {row[0]: row[1:] for row in connection.execute("SELECT * FROM rates")}
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    result: dict[str, list[Any]] = {}
    for table in sorted({*tables} - {"rates", "event_counter"}):
        cursor = connection.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
        for row in rows:
            if "cost_millidollars" in row:
                row["cost"] = join_cost(row.pop("cost_millidollars"), row.pop("cost_picodollars"))
            if table == "responses":
                row["rates"] = rates[row["rates"]]
        result[table] = sorted(rows, key=repr)
    return result


def unpriced(event: Usage) -> Usage:
    return replace(event, rates=None)


_EVENTS = st.lists(any_usage().map(unpriced) | reported_totals() | contexts(), max_size=10)


@settings(deadline=None, max_examples=100)
@given(st.lists(_EVENTS, max_size=3), st.sampled_from(BOOKS), st.sampled_from(BOOKS))
@example([[unpriced(usage("a")), unpriced(usage("a", BIRCH)), unpriced(usage("b", BIRCH))]], OLD, NEW)
def test_repriced_store_is_the_one_that_was_read_with_these_prices(
    events: list[list[Event]], old: PriceBook, new: PriceBook
) -> None:
    with closing(read(events, old)) as store, closing(read(events, new)) as fresh:
        store.reprice(EventPricing(new))
        assert content(store) == content(fresh)
        assert [store.totals(session) for session in SESSIONS] == [fresh.totals(session) for session in SESSIONS]
        assert store.models() == fresh.models()
        assert store.sessions() == fresh.sessions()


def test_repriced_store_goes_on_like_any_other() -> None:
    first, second = unpriced(usage("a")), unpriced(usage("b"))
    first, second = replace(first, model="model-0"), replace(second, model="model-0")
    with closing(read([[first]], OLD)) as store, closing(read([[first], [second]], NEW)) as fresh:
        store.reprice(EventPricing(NEW))
        ingest(store, *enriched(batch([second]), NEW).events)
        assert content(store) == content(fresh)


def test_result_has_the_models_before_and_after_and_the_sessions_that_changed() -> None:
    cheap, other = unpriced(usage("a")), unpriced(usage("b", BIRCH))
    with closing(read([[replace(cheap, model="model-0"), replace(other, model="else")]], OLD)) as store:
        result = store.reprice(EventPricing(NEW))
        before = {total.model: total.amount.cost for total in result.before}
        after = {total.model: total.amount.cost for total in result.after}
        assert (before, after) == (
            {"model-0": 123 * 10**6 + 25 * 10**6, "else": 0},
            {"model-0": 246 * 10**6 + 15 * 10**6, "else": 0},
        )
        assert result.sessions == {APPLE}
        assert store.repricings() == 1


def test_copy_is_repriced_without_its_original() -> None:
    with closing(read([[replace(unpriced(usage("a")), model="model-0")]], OLD)) as store:
        before = content(store)
        with closing(store.copy()) as copy:
            copy.reprice(EventPricing(NEW))
            assert copy.totals(APPLE) != store.totals(APPLE)
            assert copy.path is None
        assert content(store) == before
