from __future__ import annotations

import pytest

from tests.sources.claude_builder import Transcript, at, tool_use
from tui_monitor.events import CallFinished, CallState, Measure, SourceRef
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.calls import MAX_CALLS

REJECTION = "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was …)"


def answered(
    content: object, structured: object = None, error: bool | None = None, tool: str = "Bash", **arguments: object
) -> CallFinished:
    transcript = Transcript()
    transcript.assistant(tool_use("call_1", tool, **arguments))
    transcript.result(content, structured, error=error)
    return transcript.one(CallFinished)


def test_result_without_an_error_is_ok() -> None:
    end = answered("hello", {"stdout": "hello", "stderr": ""}, error=False)
    assert (end.state, end.output, end.error, end.exit_code, end.at) == (CallState.OK, "hello", "", None, at(1))
    assert end.ref is not None
    assert end.ref.offset == 100


def test_stdout_and_stderr_are_output() -> None:
    assert answered("out\nerr", {"stdout": "out", "stderr": "err"}).output == "out\nerr"


def test_image_output_is_not_shown_as_bytes() -> None:
    picture = [{"type": "image", "source": {"data": "iVBOR"}}]
    assert answered(picture, {"stdout": "data:image/png;base64,iVBOR", "isImage": True}).output == "[image]"


def test_text_blocks_are_joined_and_others_named() -> None:
    blocks = [{"type": "text", "text": "one"}, {"type": "tool_reference"}, {"type": "text", "text": "two"}]
    assert answered(blocks, tool="mcp__a__b").output == "one\n[tool reference]\ntwo"


@pytest.mark.parametrize(
    ("content", "state", "error"),
    [
        ("No such file", CallState.FAILED, "No such file"),
        (
            "<tool_use_error>File has not been read yet.</tool_use_error>",
            CallState.SLIPPED,
            "File has not been read yet.",
        ),
        ("Claude requested permissions to write to /e/a, but you haven't granted it yet.", CallState.REFUSED, None),
        ("Permission to use Bash has been denied.", CallState.REFUSED, None),
        ("<tool_use_error>Sibling tool call errored</tool_use_error>", CallState.SKIPPED, "Sibling tool call errored"),
        (REJECTION, CallState.REJECTED, None),
        ("User rejected tool use", CallState.REJECTED, None),
        ("[Request interrupted by user for tool use]", CallState.INTERRUPTED, None),
        ("The user doesn't want to take this action right now. STOP …", CallState.INTERRUPTED, None),
        ("half of it\n<error>Command was aborted before completion</error>", CallState.INTERRUPTED, None),
    ],
)
def test_error_text_determines_the_state(content: str, state: CallState, error: str | None) -> None:
    end = answered(content, "Error: …", error=True)
    assert (end.state, end.error, end.output) == (state, content if error is None else error, "")


def test_refusal_text_in_a_successful_result_is_plain_output() -> None:
    assert answered(REJECTION, error=False).state is CallState.OK


def test_stopped_command_is_interrupted() -> None:
    assert answered("half", {"stdout": "half", "stderr": "", "interrupted": True}).state is CallState.INTERRUPTED


def test_approval_names_who_declined() -> None:
    assert (answered(REJECTION, error=True).approved, answered(REJECTION, error=True).approval) == (False, "user")
    assert answered("Permission to use Bash has been denied.", error=True).approval == "policy"
    assert answered("The user …", tool="ExitPlanMode").approved is True
    assert answered("fine").approved is None


@pytest.mark.parametrize(
    ("content", "code", "error"),
    [
        ("Exit code 3", 3, "Exit code 3"),
        ("Exit code 1\nFAIL: engine", 1, "FAIL: engine"),
        ("Exit codes are odd", None, "Exit codes are odd"),
    ],
)
def test_exit_code_is_read_before_the_output(content: str, code: int | None, error: str) -> None:
    end = answered(content, f"Error: {content}", error=True)
    assert (end.exit_code, end.error) == (code, error)


@pytest.mark.parametrize(
    ("structured", "duration"),
    [
        ({"durationMs": 230}, 230),
        ({"totalDurationMs": 30_500}, 30_500),
        ({"durationSeconds": 2.3456}, 2345),
        ({}, None),
    ],
)
def test_measured_duration_is_used(structured: Record, duration: int | None) -> None:
    assert answered("x", structured, tool="WebFetch").duration_ms == duration


def test_repeated_result_is_emitted_once() -> None:
    transcript = Transcript()
    transcript.calls("Bash", command="make")
    transcript.records.append(transcript.result("ok"))
    assert len(transcript.of(CallFinished)) == 1


def test_result_of_an_unknown_call_is_emitted() -> None:
    transcript = Transcript()
    transcript.result("ok", {"stdout": "ok"}, call="call_of_long_ago")
    end = transcript.one(CallFinished)
    assert (end.call, end.state, end.output) == ("call_of_long_ago", CallState.OK, "ok")


def test_structured_copy_is_used_only_for_a_single_result() -> None:
    transcript = Transcript()
    transcript.assistant(tool_use("one", "Bash", command="a"), tool_use("two", "Bash", command="b"))
    results = [{"type": "tool_result", "tool_use_id": call, "content": call} for call in ("one", "two")]
    transcript.user(results, toolUseResult={"stdout": "whose?"})
    assert [(end.call, end.output) for end in transcript.of(CallFinished)] == [("one", "one"), ("two", "two")]


def test_server_tool_results_are_read_from_the_answer() -> None:
    transcript = Transcript()
    result = {"type": "web_search_tool_result", "tool_use_id": "srv_1", "content": [{"type": "web_search_result"}]}
    transcript.assistant({"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {}}, result)
    assert (transcript.one(CallFinished).call, transcript.one(CallFinished).output) == ("srv_1", "[web search result]")


def test_oldest_open_calls_are_dropped() -> None:
    transcript = Transcript()
    for number in range(MAX_CALLS + 1):
        transcript.calls("Read", call=f"call_{number}", file_path="/e/a.py")
    transcript.result("1\ta", call="call_0")
    transcript.result("1\ta", call="call_1")
    first, second = transcript.of(CallFinished)
    assert (first.measure, second.measure) == (None, Measure(1, "lines"))


def test_result_has_its_ref() -> None:
    assert answered("ok").ref == SourceRef(str(Transcript().path), 100, 100)
