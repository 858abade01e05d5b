"""Results of calls, read from the answers that the model received."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import JSON, UNHURRIED
from tui_monitor.events import CallState, Measure
from tui_monitor.sources.codex import results

HEADERS = "Chunk ID: a1b2c3\nWall time: 0.2500 seconds\n{}\nOriginal token count: 9\nOutput:\n{}"


def test_structured_answer_has_exit_code_and_duration() -> None:
    result = results.read_result(
        json.dumps({"output": "a\nb\n", "metadata": {"exit_code": 2, "duration_seconds": 1.5}})
    )
    assert (result.state, result.text, result.exit_code) == (CallState.FAILED, "a\nb\n", 2)
    assert (result.duration_ms, result.measure) == (1500, Measure(2, "lines"))


@pytest.mark.parametrize(("code", "state"), [(0, CallState.OK), (3, CallState.FAILED), (-1, CallState.FAILED)])
def test_exit_code_is_read_from_header_lines(code: int, state: CallState) -> None:
    result = results.read_result(HEADERS.format(f"Process exited with code {code}", "done"))
    assert (result.state, result.exit_code, result.text) == (state, code, "done")
    assert result.duration_ms == 250


def test_freeform_headers_are_read() -> None:
    result = results.read_result("Exit code: 1\nWall time: 2 seconds\nTotal output lines: 9\nOutput:\nno such file\n")
    assert (result.state, result.exit_code, result.duration_ms) == (CallState.FAILED, 1, 2000)
    assert result.text == "no such file\n"


def test_patch_passed_on_by_the_shell_has_two_header_blocks() -> None:
    result = results.read_result(
        "Wall time: 0.0000 seconds\nOutput:\nExit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated\n"
    )
    assert (result.state, result.exit_code, result.text) == (CallState.OK, 0, "Success. Updated\n")


def test_background_shell_has_a_session_id() -> None:
    result = results.read_result(HEADERS.format("Process running with session ID 4711", "so far"))
    assert (result.state, result.shell, result.text) == (CallState.BACKGROUND, "4711", "so far")
    assert result.duration_ms is None


@pytest.mark.parametrize("text", ['{"metadata": 5}', '{"output": "x", "metadata": []}', '{"broken "metadata"'])
def test_output_that_only_looks_structured_is_unchanged(text: str) -> None:
    assert results.read_result(text).text == text


def test_output_that_only_looks_like_headers_is_unchanged() -> None:
    text = "Exit code: 1 is what I would say\nand then nothing"
    assert results.read_result(text).text == text
    assert results.read_result(text).state is CallState.OK


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("exec command rejected by user", CallState.REJECTED),
        (
            'exec_command failed for `ls`: CreateProcess { message: "Rejected(\\"rejected by user\\")" }',
            CallState.REJECTED,
        ),
        ("user cancelled MCP tool call", CallState.REJECTED),
        ("aborted by user after 3.1s", CallState.INTERRUPTED),
        ("aborted", CallState.INTERRUPTED),
        ("Wall time: 4.0 seconds\naborted by user", CallState.INTERRUPTED),
        ("failed to parse function arguments: missing field `cmd` at line 1", CallState.SLIPPED),
        ("apply_patch verification failed: Failed to find expected lines in a.py", CallState.SLIPPED),
        ("unsupported call: browse", CallState.SLIPPED),
        ("`rm -rf /` rejected: blocked by policy", CallState.REFUSED),
        ("exec_command failed for `nope`: No such file or directory", CallState.FAILED),
        ("execution error: Io(Os { code: 2 })", CallState.FAILED),
        ("Plan updated", CallState.OK),
        ("the log says: rejected by nobody", CallState.OK),
        ("first line is fine\nrejected by user", CallState.OK),
    ],
)
def test_refusals_and_failures_are_sentences(text: str, state: CallState) -> None:
    result = results.read_result(text)
    assert result.state is state
    assert bool(result.error) is (state is not CallState.OK)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ([{"type": "input_text", "text": "one"}, {"type": "input_image", "image_url": "data:"}], "one\n[image]"),
        ({"content": "two", "success": True}, "two"),
        ({"content": [{"type": "text", "text": "three"}]}, "three"),
        (None, ""),
        ("", ""),
    ],
)
def test_answer_may_be_text_parts_or_an_object(answer: Any, text: str) -> None:
    assert results.read_result(answer).text == text
    assert results.read_result(answer).state is CallState.OK


def test_answer_with_success_false_failed() -> None:
    result = results.read_result({"content": "no such tool", "success": False})
    assert (result.state, result.error) == (CallState.FAILED, "no such tool")


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2)])
def test_size_of_output_is_its_number_of_lines(text: str, lines: int) -> None:
    assert results.line_count(text) == Measure(lines, "lines")


@given(JSON)
@UNHURRIED
def test_any_answer_has_a_result(answer: Any) -> None:
    assert isinstance(results.read_result(answer).text, str)


@given(st.sampled_from(["Exit code: ", "Wall time: ", "Process exited with code "]), st.text(), st.text())
@UNHURRIED
def test_text_after_the_headers_is_unchanged(name: str, value: str, text: str) -> None:
    value = value.replace("\n", "")
    rest = f"|{text}"
    assert results.read_result(f"{name}{value}\nOutput:\n{rest}").text in (rest, "")
