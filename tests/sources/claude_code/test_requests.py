"""Requests to the model in transcripts, and what all of them contain."""

from __future__ import annotations

import pytest

from tests.sources.claude_builder import Transcript, at, text_block
from tui_monitor.events import ModelRequest, Usage
from tui_monitor.sources.base import Record


def send(transcript: Transcript, source: str = "repl_main_thread", name: str = "r1") -> Record:
    """Add the line of a request."""
    parameters = {"model": "claude-opus-4-6[1m]", "output_config": {"effort": "high"}}
    return transcript.line("api-request", id=name, querySource=source, params=parameters, uuid=None)


def test_request_is_emitted_when_it_is_sent() -> None:
    transcript = Transcript()
    transcript.user("Go.")
    send(transcript)
    request = transcript.one(ModelRequest)
    assert (request.at, request.request, request.model, request.effort) == (at(1), "r1", "claude-opus-4-6", "high")


@pytest.mark.parametrize(
    ("source", "operation"),
    [
        ("sdk", ""),
        ("repl_main_thread:outputStyle:custom", ""),
        ("agent:builtin:Explore", ""),
        ("generate_session_title", "generate_session_title"),
        ("compact", "compact"),
    ],
)
def test_request_of_the_program_itself_has_an_operation(source: str, operation: str) -> None:
    transcript = Transcript()
    send(transcript, source)
    assert transcript.one(ModelRequest).operation == operation


def test_request_in_the_file_of_an_agent_is_its_own() -> None:
    transcript = Transcript(agent="a0b1")
    send(transcript)
    assert transcript.one(ModelRequest).agent == "a0b1"


def test_duration_of_a_response_is_from_its_request_to_its_line() -> None:
    transcript = Transcript()
    send(transcript)
    transcript.assistant(text_block("Hm."), requestRef="r1")
    transcript.assistant(text_block("Hm."), requestRef="r2")
    transcript.assistant(text_block("Hm."))
    assert [usage.duration_ms for usage in transcript.of(Usage)] == [1_000, None, None]


def test_requests_without_an_answer_are_attempts() -> None:
    transcript = Transcript()
    transcript.user("Go.")
    send(transcript, name="r1")
    send(transcript, name="r2")
    send(transcript, "generate_session_title", name="title")
    send(transcript, name="r3")
    transcript.assistant(text_block("Hm."))
    send(transcript, name="r4")
    transcript.user("Stop, go elsewhere.")
    send(transcript, name="r5")
    attempts = {request.request: request.attempt for request in transcript.of(ModelRequest)}
    assert attempts == {"r1": 1, "r2": 2, "title": 1, "r3": 3, "r4": 1, "r5": 1}
