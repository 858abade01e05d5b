"""The Gemini CLI adapter: recognition, discovery, and resuming at any record."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.gemini_builder import (
    AGENT,
    PATH,
    SESSION,
    Chat,
    call,
    diff_of,
    read,
    read_resuming,
    tokens,
)
from tests.sources.hostile import UNHURRIED, check_all, some_broken
from tests.sources.support import ToyStore, batches
from tui_monitor.events import CallFinished, CallStarted, Event, SessionUpdate, SourceRef
from tui_monitor.sources.base import Head, Record, SearchContext, Source, UnknownRecord
from tui_monitor.sources.files.document_source import DocumentSource
from tui_monitor.sources.files.head import head_of
from tui_monitor.sources.gemini.adapter import Gemini

RESPONSE = {"session.id": SESSION, "event.name": "gemini_cli.api_response", "event.timestamp": "2026-03-01T10:00:01Z"}


def full_chat() -> Chat:
    """Return a chat with a record of each kind that has events."""
    edit = call("replace", {"file_path": "/w/a"}, resultDisplay=diff_of("/w/a", "@@ -1 +1 @@\n-1\n+2\n"))
    chat = Chat(directories=["/w"]).asks("go").responds("Well", tokens(10, 1, 2, 3, 4), thoughts=[{"subject": "Hm"}])
    chat.calls(edit).calls(edit, call("write_todos", {"todos": [{"status": "completed"}]}, call="b"))
    chat.sets(summary="A title").message("info", "Request cancelled.").asks("on", displayContent="on!")
    chat.responds("", tokens(20)).calls(call("invoke_agent", {"agent_name": "x"}, agentId=AGENT, call="c"))
    chat.sets(messages=[{"id": "s", "type": "user", "content": "<state_snapshot>"}, *chat.messages])
    chat.line({"$rewindTo": "m1"}).responds("again", tokens(30)).message("error", "no quota")
    return chat.line({"hrTime": [1, 2], "attributes": {**RESPONSE, "input_token_count": 5}})


EVERYTHING = full_chat().records


def test_resuming_after_any_record_gives_the_same_events() -> None:
    assert read_resuming(EVERYTHING) == read(EVERYTHING)


@given(st.data())
@UNHURRIED
def test_resuming_gives_the_same_events_for_any_selection_of_records(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(EVERYTHING), max_size=30))
    assert read_resuming([EVERYTHING[0], *chosen]) == read([EVERYTHING[0], *chosen])


def test_repeated_record_has_no_events() -> None:
    twice = [again for record in EVERYTHING[:-1] for again in (record, record)]
    rewinds = sum("$rewindTo" in record for record in EVERYTHING)
    assert len(read(twice)) == len(read(EVERYTHING[:-1])) + rewinds


@given(some_broken(EVERYTHING))
@UNHURRIED
def test_broken_record_does_not_affect_other_records(records: list[Record]) -> None:
    check_all(Gemini().parser(PATH, ""), records)


@pytest.mark.parametrize("record", [{}, {"hologram": 1}, {"id": "m", "type": "hologram"}])
def test_unknown_records_raise_unknown_record(record: Record) -> None:
    with pytest.raises(UnknownRecord):
        read([EVERYTHING[0], record])


def test_state_is_bounded() -> None:
    chat = Chat()
    for number in range(300):
        chat.responds(f"word {number}", tokens(number + 1))
    parser = Gemini().parser(PATH, "")
    for record in chat.records:
        list(parser.parse(record, SourceRef("f", 0, 1)))
    assert len(parser.state()) < 4096


def head(raw: bytes) -> Head:
    return head_of(PATH, raw)


def telemetry(*records: Record) -> bytes:
    """Return the records as the program writes them."""
    return b"".join(json.dumps(record, indent=2).encode() + b"\n" for record in records)


SPAN = {"_spanContext": {"traceId": "1"}, "attributes": {"gen_ai.agent.name": "gemini-cli"}}


@pytest.mark.parametrize(
    "raw",
    [
        full_chat().lines(),
        full_chat().document(),
        full_chat().document()[:200],
        telemetry(SPAN, SPAN),
        telemetry({"hrTime": [1, 0], "attributes": {"event.name": "gemini_cli.config"}}),
    ],
)
def test_chats_and_telemetry_are_recognised(raw: bytes) -> None:
    assert Gemini().recognises(head(raw))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\x01",
        b'{"sessionId": "s", "type": "user"}\n',
        b'{\n  "sessionId": "s"\n}\n',
        b'{"id": "m", "type": "gemini"}\n',
        telemetry({"_spanContext": {"traceId": "1"}}),
        telemetry({"resourceSpans": []}),
    ],
)
def test_other_files_are_not_recognised(raw: bytes) -> None:
    assert not Gemini().recognises(head(raw))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with a chat of each version, and one of a sub-agent."""
    new, old = tmp_path / ".gemini/tmp/engine", tmp_path / ".gemini/tmp" / sha256(b"/home/ada/boat").hexdigest()
    (new / "chats" / SESSION).mkdir(parents=True)
    (old / "chats").mkdir(parents=True)
    (new / ".project_root").write_text("/home/ada/engine\n", encoding="utf-8")
    (new / "chats" / PATH.name).write_bytes(Chat().lines())
    (new / "chats" / SESSION / f"{AGENT}.jsonl").write_bytes(Chat(AGENT, kind="subagent").lines())
    (new / "logs.json").write_text("[]", encoding="utf-8")
    (old / "chats/session-2025-09-01T10-00-aaaa.json").write_bytes(Chat().document())
    return tmp_path


def test_chats_are_found_in_the_folders_of_projects(home: Path) -> None:
    here = SearchContext(home, {}, home)
    names = {path.name for path in Gemini().session_paths(here)}
    assert names == {PATH.name, "session-2025-09-01T10-00-aaaa.json"}
    assert Gemini().roots(here) == [home / ".gemini/tmp"]


def test_home_can_be_set_by_the_environment(tmp_path: Path) -> None:
    here = SearchContext(tmp_path, {"GEMINI_CLI_HOME": str(tmp_path / "else")}, tmp_path)
    assert Gemini().roots(here) == [tmp_path / "else/.gemini/tmp"]
    assert list(Gemini().session_paths(here)) == []


def test_chats_of_sub_agents_are_related_to_the_session(home: Path) -> None:
    chats = home / ".gemini/tmp/engine/chats"
    assert list(Gemini().related_files(chats / PATH.name)) == [chats / SESSION / f"{AGENT}.jsonl"]
    assert list(Gemini().related_files(chats / SESSION / f"{AGENT}.jsonl")) == []


def test_start_directory_is_read_from_a_file_beside_the_chats(home: Path) -> None:
    assert Gemini().start_directory(home / ".gemini/tmp/engine/chats" / PATH.name) == "/home/ada/engine"


def test_start_directory_of_an_older_project_is_found_by_its_hash(home: Path) -> None:
    adapter = Gemini()
    paths = {path.suffix: path for path in adapter.session_paths(SearchContext(home, {}, Path("/home/ada/boat/src")))}
    assert adapter.start_directory(paths[".json"]) == "/home/ada/boat"
    assert Gemini().start_directory(paths[".json"]) is None


def test_chat_of_lines_is_read_through_the_adapter_interface(tmp_path: Path) -> None:
    path = tmp_path / PATH.name
    path.write_bytes(full_chat().lines())
    source = Gemini().open(path)
    batch = source.read()
    source.close()
    assert batch is not None
    assert (batch.health.skipped, batch.health.unknown) == (0, 0)
    assert len(batch.events) == len(read(EVERYTHING))


def test_chat_of_one_document_is_read_as_a_document(tmp_path: Path) -> None:
    path = tmp_path / "session-x.json"
    path.write_bytes(Chat().asks("go").document())
    assert isinstance(Gemini().open(path), DocumentSource)


@given(st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=6))
@UNHURRIED
def test_growing_document_gives_the_same_events_as_the_whole(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool]]
) -> None:
    chat = full_chat()
    path = tmp_path_factory.mktemp("chat") / "session-x.json"
    store = ToyStore()
    source: Source = DocumentSource(Gemini(), path)
    events: list[Event] = []
    length = 0
    for more, is_restarted in (*steps, (len(chat.messages), False)):
        length += more
        path.write_bytes(chat.document(length))
        if is_restarted:
            source = DocumentSource(Gemini(), path, store.checkpoints)
        for batch in batches(source):
            assert store.take(batch)
            events += batch.events
    expected = read([json.loads(chat.document())])
    assert [without_ref(event) for event in events] == [without_ref(event) for event in expected]


def without_ref(event: Event) -> Event:
    """Return the event without its place in the file."""
    if isinstance(event, CallStarted | CallFinished):
        return replace(event, ref=None)
    return replace(event, path="") if isinstance(event, SessionUpdate) else event


def test_missing_file_has_no_events(tmp_path: Path) -> None:
    source = Gemini().open(tmp_path / "session-later.jsonl")
    assert source.read() is None
