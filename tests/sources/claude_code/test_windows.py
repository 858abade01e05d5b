"""The windows with which versions of Claude Code run models."""

from __future__ import annotations

import pytest

from tests.sources.claude_builder import Transcript, text_block, usage
from tui_monitor.events import ContextUpdate
from tui_monitor.sources.claude_code.windows import LONG, SHORT, WINDOWS, version_numbers, window_of_version


@pytest.mark.parametrize(
    "model",
    [
        *("claude-2.1", "claude-3-5-sonnet-20241022", "claude-haiku-4-5-20251001", "claude-opus-4-20250514"),
        *("claude-opus-4-6", "claude-sonnet-4@20250514", "us.anthropic.claude-sonnet-4-6-v1", "CLAUDE-OPUS-4-1"),
    ],
)
def test_older_models_have_a_short_window(model: str) -> None:
    assert WINDOWS.window_of(model) == SHORT


@pytest.mark.parametrize(
    "model",
    [
        *("claude-opus-4-7", "claude-opus-4-8", "claude-opus-5", "claude-opus-5-5", "claude-sonnet-5-5"),
        *("claude-haiku-5-5", "claude-fable-5-2", "claude-mythos-5-2", "claude-opus-6", "deepseek-chat"),
    ],
)
def test_newer_models_have_a_long_window(model: str) -> None:
    assert WINDOWS.window_of(model) == LONG


@pytest.mark.parametrize(
    ("model", "version", "window"),
    [
        ("claude-opus-5", "2.1.290", SHORT),
        ("claude-opus-5", "2.1.291", None),
        ("anthropic.claude-opus-5-v1:0", "2.1.200", SHORT),
        ("claude-opus-5-5", "2.1.290", None),
        ("deepseek-chat", "2.1.322", SHORT),
        ("deepseek-chat", "2.1.323", None),
        ("deepseek-chat", "", None),
        ("", "2.1.100", None),
    ],
)
def test_older_versions_run_some_models_with_a_short_window(model: str, version: str, window: int | None) -> None:
    assert window_of_version(model, version) == window


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("2.1.332", (2, 1, 332)), ("2.1.0-beta.3", (2, 1, 0)), ("", ()), ("x.1", ()), ("1.²", ()), ("9" * 50, ())],
)
def test_version_is_compared_by_its_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert version_numbers(version) == numbers


def limits(transcript: Transcript) -> list[tuple[int | None, str]]:
    return [(event.limit, event.limit_source) for event in transcript.of(ContextUpdate)]


def test_mark_stays_until_another_model_is_requested() -> None:
    transcript = Transcript()
    for requested in ("claude-opus-4-6[1m]", None, "claude-opus-4-6", None):
        transcript.assistant(text_block("Hm."), counts=usage(len(transcript.records)), requestedModel=requested)
    assert limits(transcript) == [(LONG, ""), (LONG, ""), (SHORT, ""), (None, "")]


def test_mark_of_another_model_does_not_count() -> None:
    transcript = Transcript()
    transcript.line("attachment", attachment={"type": "model", "identity": {"modelId": "claude-sonnet-4-6[1m]"}})
    transcript.assistant(text_block("Hm."))
    assert limits(transcript) == [(None, "")]


def test_guess_for_an_older_version_is_marked_as_assumed() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Hm."), model="deepseek-chat")
    assert limits(transcript) == [(SHORT, "assumed")]


@pytest.mark.parametrize("steps", [[], None, [{"type": "advisor_message", **usage(9)}], [{"type": "message"}]])
def test_context_without_steps_is_that_of_the_response(steps: object) -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Hm."), counts=usage(3) | {"iterations": steps})
    assert transcript.one(ContextUpdate).tokens == 15_403
