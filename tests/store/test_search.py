"""Search in the store: what is found, in which order, and how the index comes to have it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import APPLE, BIRCH, NOON, batches, change, filled, finished, ingest, started
from tui_monitor.events import AgentMessage, Event, Prompt, SessionKey, SessionUpdate, ToolKind
from tui_monitor.search.hits import HitField, SearchAnswer
from tui_monitor.search.query import parse_query
from tui_monitor.store import Store, open_store, private_store, search_index
from tui_monitor.store.schema import migrations


def indexed(store: Store) -> Store:
    """Index everything."""
    while store.index_texts(7):
        pass
    return store


def answer_of(store: Store, text: str, *, is_typed: bool = False, limit: int = 50) -> SearchAnswer:
    return indexed(store).search(replace(parse_query(text, is_typed=is_typed), limit=limit))


def found(store: Store, text: str, *, is_typed: bool = False) -> list[str]:
    """Return the lines of the hits."""
    return [hit.excerpt for hit in answer_of(store, text, is_typed=is_typed).hits]


def call(name: str, command: str, output: str = "", at: int = NOON, session: SessionKey = APPLE) -> Iterator[Event]:
    yield replace(started(name, session, at), subject=command, input=json.dumps({"command": command}))
    yield finished(name, session, at + 1, output=output)


@pytest.fixture
def afternoon(store: Store) -> Store:
    """Return a store with one of each that can be found."""
    edit = replace(started("c2", at=NOON + 20), kind=ToolKind.EDIT, tool="Edit", subject="/p/lamp.py")
    ingest(
        store,
        SessionUpdate(session=APPLE, at=NOON, cwd="/home/ada/harbour", title="Lamps", path="/logs/a"),
        Prompt(session=APPLE, at=NOON, text="Mend the red lamp."),
        *call("c1", "make lamps", "lamp 1 lit\nlamp 2 is broken", NOON + 10),
        replace(edit, input='{"new_string": "glow\\nbright"}'),
        replace(finished("c2", at=NOON + 21, changes=(change("/p/lamp.py"),)), error="disk full"),
        AgentMessage(session=APPLE, at=NOON + 30, text="The red lamp works."),
    )
    return store


@pytest.mark.parametrize(
    ("query", "field", "line"),
    [
        ("mend", HitField.PROMPT, "Mend the red lamp."),
        ("works", HitField.MESSAGE, "The red lamp works."),
        ('"make lamps"', HitField.SUBJECT, "make lamps"),
        ("broken", HitField.OUTPUT, "lamp 2 is broken"),
        ("bright", HitField.INPUT, "bright"),
        ("lamp.py", HitField.SUBJECT, "/p/lamp.py"),
        ("full", HitField.ERROR, "disk full"),
    ],
)
def test_every_kind_of_text_is_found(afternoon: Store, query: str, field: HitField, line: str) -> None:
    [hit] = answer_of(afternoon, query).hits
    assert (hit.session, hit.field, hit.excerpt) == (APPLE, field, line)
    assert (hit.folder, hit.title, hit.path) == ("/home/ada/harbour", "Lamps", "/logs/a")


def test_newest_hit_is_first_whatever_the_order_of_reading(store: Store) -> None:
    for at in (5, 9, 1):
        ingest(store, Prompt(session=APPLE, at=NOON + at, text=f"lamp {at}"))
    assert found(store, "lamp") == ["lamp 9", "lamp 5", "lamp 1"]
    answer = answer_of(store, "lamp", limit=2)
    assert ([hit.excerpt for hit in answer.hits], answer.has_more) == (["lamp 9", "lamp 5"], True)


def test_call_of_a_hit_is_the_one_of_the_history(afternoon: Store) -> None:
    [hit] = answer_of(afternoon, "broken").hits
    assert hit.call in afternoon.history(APPLE).calls
    assert hit.at == NOON + 10


def test_names_of_arguments_are_not_found(afternoon: Store) -> None:
    assert found(afternoon, "command") == found(afternoon, "new_string") == []


def test_result_is_found_that_comes_after_its_call_was_indexed(store: Store) -> None:
    begin, end = call("c1", "make lamps", "all lit")
    ingest(store, begin)
    assert found(store, "lamps") == ["make lamps"]
    ingest(store, end)
    assert found(store, "lit") == ["all lit"]
    assert found(store, "lamps lit") == ["make lamps"]


def test_word_that_is_being_typed_may_go_on(afternoon: Store) -> None:
    assert found(afternoon, "brok") == []
    assert found(afternoon, "brok", is_typed=True) == ["lamp 2 is broken"]


@pytest.mark.parametrize(
    "query", ['foo"bar', "NEAR(lamp red)", "lamp OR", "-lamp", "lamp*", "tokens:lamp", "^lamp", "'"]
)
def test_signs_of_the_index_mean_nothing(afternoon: Store, query: str) -> None:
    assert all("lamp" in line.lower() for line in found(afternoon, query))


@given(st.text(max_size=30), st.booleans())
def test_any_text_is_a_query(text: str, is_typed: bool) -> None:
    store = filled(Prompt(session=APPLE, at=NOON, text=text))
    found(store, text, is_typed=is_typed)
    store.close()


def test_hits_are_of_the_project_agent_and_time_that_are_asked_for(store: Store) -> None:
    other = SessionKey("sample", "s")
    for session, cwd in ((APPLE, "/home/ada/shop"), (BIRCH, "/home/ada/harbour"), (other, "/home/ada/shop")):
        ingest(store, SessionUpdate(session=session, at=NOON, cwd=cwd), Prompt(session=session, at=NOON, text="lamp"))
    ingest(store, Prompt(session=APPLE, at=NOON + 9, text="late lamp"))

    def sessions(text: str) -> list[SessionKey]:
        return sorted({hit.session for hit in answer_of(store, text).hits})

    assert sessions("lamp project:shop") == [APPLE, other]
    assert sessions("lamp source:sam") == [other]
    assert sessions("lamp source:demo project:harbour") == [BIRCH]
    late = replace(parse_query("lamp"), since=NOON + 1)
    assert [hit.excerpt for hit in store.search(late).hits] == ["late lamp"]
    assert len(store.search(replace(parse_query("lamp"), until=NOON + 1)).hits) == 1  # alike, of one moment


def test_copied_history_is_found_once(store: Store) -> None:
    for session in (APPLE, BIRCH):
        ingest(
            store, Prompt(session=session, at=NOON, text="Mend the lamp."), *call("c1", "make lamp", session=session)
        )
    assert sorted(found(store, "lamp")) == ["Mend the lamp.", "make lamp"]


def test_event_that_is_read_again_is_found_once(store: Store) -> None:
    for _ in range(2):
        ingest(store, Prompt(session=APPLE, at=NOON, text="lamp"))
    assert found(store, "lamp") == ["lamp"]
    assert answer_of(store, "lamp").unindexed == 0


def test_what_is_not_indexed_yet_is_counted(afternoon: Store) -> None:
    query = parse_query("lamp")
    assert (afternoon.search(query).hits, afternoon.search(query).unindexed) == ((), 4)
    assert afternoon.index_texts(1) == 1
    assert [hit.excerpt for hit in afternoon.search(query).hits] == ["The red lamp works."]
    assert afternoon.search(query).unindexed == 3


def test_phrase_is_looked_for_in_no_more_texts_than_allowed(store: Store) -> None:
    ingest(store, Prompt(session=APPLE, at=NOON, text="red lamp"))
    ingest(store, *(Prompt(session=APPLE, at=NOON + n, text=f"lamp red {n}") for n in range(1, 9)))
    assert found(store, '"red lamp"') == ["red lamp"]
    answer = store.search(replace(parse_query('"red lamp"'), candidates=4))
    assert (answer.hits, answer.has_more) == ((), True)


def test_store_without_bodies_finds_prompts_and_commands() -> None:
    store = private_store(bodies=False)
    ingest(store, Prompt(session=APPLE, at=NOON, text="Mend the lamp."), *call("c1", "make lamps", "lit"))
    assert (found(store, "mend"), found(store, "lamps"), found(store, "lit")) == (
        ["Mend the lamp."],
        ["make lamps"],
        [],
    )
    store.close()


def test_migration_makes_searchable_what_was_stored_before(path: Path) -> None:
    store = open_store(path)
    ingest(store, Prompt(session=APPLE, at=NOON, text="Mend the lamp."), *call("c1", "make lamps", "lit"))
    store.close()
    [migration] = [each for each in migrations() if any("search_entries" in text for text in each.statements)]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE search_entries")
        for statement in migration.statements:
            connection.execute(statement)
        connection.commit()
    store = open_store(path)
    assert sorted(found(store, "mend") + found(store, "lit")) == ["Mend the lamp.", "lit"]
    store.close()


def test_sqlite_without_full_text_search_says_so(afternoon: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "_CAN_INDEX", "SELECT 1 FROM pragma_module_list WHERE name = 'fts99'")
    assert afternoon.index_texts(9) == 0
    assert afternoon.search(parse_query("lamp")).fault == search_index.NO_INDEX


@given(st.integers(1, 12), st.integers(1, 9))
def test_index_is_the_same_whenever_it_is_made(size: int, count: int) -> None:
    events: list[Event] = [Prompt(session=APPLE, at=NOON, text="Mend the lamp.")]
    for n in range(6):
        events += call(f"c{n}", f"make lamp-{n}", f"lamp {n} lit", NOON + n)
    store = private_store(bodies=True)
    for each in batches(events, size):
        store.ingest(each)
        store.index_texts(count)
    assert len(found(store, "lamp")) == 7
    assert found(store, "lamp-3 lit") == ["make lamp-3"]
    store.close()


def test_database_with_an_index_is_sound(path: Path) -> None:
    store = open_store(path)
    for n in range(30):
        ingest(store, *call(f"c{n}", f"make lamp-{n}", "lit"))
        store.index_texts(1)
    assert len(found(store, "lit")) == 30
    store.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.execute("INSERT INTO search_index (search_index) VALUES ('integrity-check')")
    connection.close()
