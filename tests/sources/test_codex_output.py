"""The text that a model got as an answer tells what became of the call."""

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


def test_a_structured_answer_tells_code_and_duration() -> None:
    result = results.read_result(
        json.dumps({"output": "a\nb\n", "metadata": {"exit_code": 2, "duration_seconds": 1.5}})
    )
    assert (result.state, result.text, result.exit_code) == (CallState.FAILED, "a\nb\n", 2)
    assert (result.duration_ms, result.measure) == (1500, Measure(2, "lines"))


@pytest.mark.parametrize(("code", "state"), [(0, CallState.OK), (3, CallState.FAILED), (-1, CallState.FAILED)])
def test_header_lines_tell_the_exit_code(code: int, state: CallState) -> None:
    result = results.read_result(HEADERS.format(f"Process exited with code {code}", "done"))
    assert (result.state, result.exit_code, result.text) == (state, code, "done")
    assert result.duration_ms == 250


def test_freeform_headers_are_understood() -> None:
    result = results.read_result("Exit code: 1\nWall time: 2 seconds\nTotal output lines: 9\nOutput:\nno such file\n")
    assert (result.state, result.exit_code, result.duration_ms) == (CallState.FAILED, 1, 2000)
    assert result.text == "no such file\n"


def test_a_patch_that_the_shell_handed_on_has_two_blocks_of_headers() -> None:
    result = results.read_result(
        "Wall time: 0.0000 seconds\nOutput:\nExit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated\n"
    )
    assert (result.state, result.exit_code, result.text) == (CallState.OK, 0, "Success. Updated\n")


def test_a_shell_that_goes_on_tells_its_session() -> None:
    result = results.read_result(HEADERS.format("Process running with session ID 4711", "so far"))
    assert (result.state, result.shell, result.text) == (CallState.BACKGROUND, "4711", "so far")
    assert result.duration_ms is None


@pytest.mark.parametrize("text", ['{"metadata": 5}', '{"output": "x", "metadata": []}', '{"broken "metadata"'])
def test_output_that_only_looks_structured_stays_whole(text: str) -> None:
    assert results.read_result(text).text == text


def test_output_that_only_looks_like_headers_stays_whole() -> None:
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
        ("failed to parse function arguments: missing field `cmd` at line 1", CallState.SLIPPED),
        ("apply_patch verification failed: Failed to find expected lines in a.py", CallState.SLIPPED),
        ("unsupported call: browse", CallState.SLIPPED),
        ("`rm -rf /` rejected: blocked by policy", CallState.SLIPPED),
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
def test_answers_come_in_several_forms(answer: Any, text: str) -> None:
    assert results.read_result(answer).text == text
    assert results.read_result(answer).state is CallState.OK


def test_an_answer_may_say_that_it_is_a_failure() -> None:
    result = results.read_result({"content": "no such tool", "success": False})
    assert (result.state, result.error) == (CallState.FAILED, "no such tool")


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2)])
def test_the_size_of_an_output_is_its_lines(text: str, lines: int) -> None:
    assert results.line_count(text) == Measure(lines, "lines")


@given(JSON)
@UNHURRIED
def test_any_answer_has_an_outcome(answer: Any) -> None:
    assert isinstance(results.read_result(answer).text, str)


@given(st.sampled_from(["Exit code: ", "Wall time: ", "Process exited with code "]), st.text(), st.text())
@UNHURRIED
def test_what_stands_after_the_headers_is_kept_whole(name: str, value: str, text: str) -> None:
    value = value.replace("\n", "")
    rest = f"|{text}"
    assert results.read_result(f"{name}{value}\nOutput:\n{rest}").text in (rest, "")
