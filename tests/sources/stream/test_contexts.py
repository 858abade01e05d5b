"""Contexts of a stream's agents: as they are stated, else by the size of the last request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sources.stream_builder import line, only, read, read_resuming
from tui_monitor.events import MAIN, ContextUpdate
from tui_monitor.sources.base import Record


def usage(uid: str, **fields: Any) -> Record:
    return line("usage", uid, **{"model": "gpt-4o", "input_tokens": 1000, "output_tokens": 50, **fields})


def contexts(*lines: Record) -> list[tuple[str, int | None, str]]:
    events = read(*lines)
    assert read_resuming(lines) == events
    return [(update.agent, update.tokens, update.model) for update in only(events, ContextUpdate)]


def test_context_has_the_size_of_the_last_request() -> None:
    cached = usage("u2", input_tokens=200, cache_read_tokens=3000, cache_creation_tokens=400, agent_id="a1")
    assert contexts(usage("u1"), cached) == [(MAIN, 1000, "gpt-4o"), ("a1", 3600, "gpt-4o")]


@pytest.mark.parametrize(
    "fields",
    [
        {"operation": "title"},
        {"output_tokens": 0},
        {"model": None},
        {"input_tokens": 0, "total_tokens": 1050, "output_tokens": 0},
    ],
)
def test_request_that_is_not_the_conversation_says_nothing_of_the_context(fields: dict[str, Any]) -> None:
    assert contexts(usage("u1", **fields)) == []


def test_stated_context_has_the_model_of_the_last_response() -> None:
    assert contexts(usage("u1"), line("context", "u2", current=900)) == [(MAIN, 1000, "gpt-4o"), (MAIN, 900, "gpt-4o")]


def test_agent_that_states_its_context_is_believed() -> None:
    stated = line("context", "u1", current=900, limit=64_000, model="m")
    assert contexts(stated, usage("u2")) == [(MAIN, 900, "m")]


def test_context_that_was_stated_before_its_model_is_known_gets_it() -> None:
    assert contexts(line("context", "u1", current=900), usage("u2"), usage("u3")) == [
        (MAIN, 900, ""),
        (MAIN, 900, "gpt-4o"),
    ]


def test_context_has_the_model_that_its_agent_declares() -> None:
    agent = line("agent", "u1", agent_id="a1", model="own-model", status="running")
    assert contexts(agent, line("context", "u2", agent_id="a1", current=5)) == [("a1", 5, "own-model")]
