"""Chats whose history is replaced or repeated: compactions, lists of all messages, documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sources.gemini_builder import (
    SESSION,
    Chat,
    call,
    events_of,
    only,
    read,
    tokens,
)
from tests.sources.support import batches
from tui_monitor.events import (
    CompactionUpdate,
    ContextUpdate,
    Event,
    Prompt,
    Usage,
)
from tui_monitor.sources.gemini.adapter import Gemini


def summary(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the history that replaces all messages after a compaction."""
    first = {"id": "s1", "timestamp": "2026-03-01T10:30:00.000Z", "type": "user"}
    return [
        {**first, "content": [{"text": "<state_snapshot>all so far</state_snapshot>"}]},
        {**first, "id": "s2", "type": "gemini", "content": [{"text": "Got it."}]},
        *messages,
    ]


def test_compaction_is_emitted_once_and_repeats_nothing() -> None:
    chat = Chat().asks("go").responds("Well", tokens(900_000)).calls(call("glob", {"pattern": "*"}))
    messages = chat.messages
    before = len(read(chat.records))
    chat.sets(messages=summary(*messages))
    assert [type(event) for event in read(chat.records)[before:]] == [CompactionUpdate, ContextUpdate]
    chat.sets(messages=summary(*messages))
    assert len(events_of(chat, CompactionUpdate)) == 1
    assert events_of(chat, ContextUpdate)[-1].tokens is None


def test_long_list_of_all_messages_repeats_nothing() -> None:
    chat = Chat()
    for number in range(100):
        chat.responds(f"word {number}", tokens(number + 1)).asks("go on")
    before = len(read(chat.records))
    assert read(chat.sets(messages=chat.messages).records)[before:] == []


def test_history_copied_under_new_ids_has_no_new_prompts() -> None:
    chat = Chat().asks("go").responds("Well", tokens(10))
    copies = [{**message, "id": f"copy {message['id']}"} for message in chat.messages]
    bare = [{name: value for name, value in copy.items() if name != "tokens"} for copy in copies]
    before = len(read(chat.records))
    assert read(chat.sets(messages=bare).records)[before:] == []


def test_response_in_a_list_alone_counts() -> None:
    chat = Chat().sets(messages=[{**Chat().responds("x", tokens(10)).records[-1], "id": "lost"}])
    assert [usage.strong_ids for usage in events_of(chat, Usage)] == [(f"gemini:{SESSION}+lost",)]


def test_document_and_lines_give_the_same_events() -> None:
    chat = Chat().asks("go").responds("Well", tokens(10)).calls(call("glob", {"pattern": "*"})).message("error", "no")
    whole = {**chat.header, "messages": chat.messages}
    assert kinds(read([whole])) == kinds(read(chat.records))


@pytest.mark.parametrize("wrong", [{"type": "hologram"}, {"type": "gemini", "toolCalls": [{}]}])
def test_unreadable_message_does_not_affect_others_of_a_document(tmp_path: Path, wrong: dict[str, Any]) -> None:
    chat = Chat().asks("go").line({"id": "x", **wrong}).asks("on").line({"id": "y", **wrong})
    path = tmp_path / "session-x.json"
    path.write_bytes(chat.document())
    [batch] = batches(Gemini().open(path))
    assert [prompt.text for prompt in only(batch.events, Prompt)] == ["go", "on"]
    assert batch.health.skipped + batch.health.unknown == 1


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]
