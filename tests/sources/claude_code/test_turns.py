from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sources.claude_builder import START, Transcript, at, text_block
from tui_monitor.events import AgentMessage, RetryUpdate, Turn, TurnUpdate


def turns(transcript: Transcript) -> list[tuple[Turn, int | None]]:
    return [(turn.turn, turn.duration_ms) for turn in transcript.of(TurnUpdate)]


def test_duration_line_ends_the_turn() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Done."))
    transcript.system("turn_duration", durationMs=42_000)
    assert turns(transcript) == [(Turn.DONE, 42_000)]


@pytest.mark.parametrize(("prevented", "expected"), [(False, [(Turn.DONE, None)]), (True, [])])
def test_stop_hooks_end_the_turn(prevented: bool, expected: list[tuple[Turn, int | None]]) -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Done."))
    transcript.system("stop_hook_summary", preventedContinuation=prevented)
    assert turns(transcript) == expected


def test_final_answer_ends_the_turn() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Let me look."), stop="tool_use")
    transcript.assistant(text_block("Done."), stop="end_turn")
    assert [(turn.turn, turn.at) for turn in transcript.of(TurnUpdate)] == [(Turn.DONE, at(1))]


def test_end_is_emitted_once_and_again_with_its_duration() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Done."), stop="end_turn")
    transcript.system("stop_hook_summary", preventedContinuation=False)
    transcript.system("turn_duration", durationMs=10)
    assert turns(transcript) == [(Turn.DONE, None), (Turn.DONE, 10)]


def test_each_turn_ends() -> None:
    transcript = Transcript()
    for _ in range(2):
        transcript.user("Go on.")
        transcript.system("stop_hook_summary", preventedContinuation=False)
    assert turns(transcript) == [(Turn.DONE, None)] * 2


def test_end_of_an_agent_does_not_end_the_turn() -> None:
    transcript = Transcript(agent="a0b1")
    transcript.assistant(text_block("Done."), stop="end_turn")
    assert turns(transcript) == []


@pytest.mark.parametrize("words", ["[Request interrupted by user]", "[Request interrupted by user for tool use]"])
def test_interruption_ends_the_turn(words: str) -> None:
    transcript = Transcript()
    transcript.user([text_block(words)])
    assert turns(transcript) == [(Turn.INTERRUPTED, None)]


def test_exit_command_ends_the_session() -> None:
    transcript = Transcript()
    transcript.user("<command-name>/exit</command-name>\n<command-message>exit</command-message>")
    transcript.system("local_command", content="<command-name>/quit</command-name>")
    assert turns(transcript) == [(Turn.SESSION_ENDED, None)] * 2


def test_saved_total_means_that_the_session_was_left_once() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Done."), stop="end_turn")
    transcript.bare("cost-state", sessionId=transcript.records[0]["sessionId"], totalCostUSD=0.5)
    transcript.bare("cost-state", sessionId=transcript.records[0]["sessionId"], totalCostUSD=0.5)
    assert turns(transcript) == [(Turn.DONE, None), (Turn.SESSION_ENDED, None)]
    transcript.user("Go on.")
    transcript.user("<command-name>/exit</command-name>")
    transcript.bare("cost-state", sessionId=transcript.records[0]["sessionId"], totalCostUSD=0.5)
    assert [turn for turn, _ in turns(transcript)].count(Turn.SESSION_ENDED) == 2


def test_feedback_of_a_stop_hook_makes_the_agent_go_on() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Done."), stop="end_turn")
    transcript.user("Stop hook feedback:\nrun the tests", isMeta=True)
    transcript.system("stop_hook_summary", preventedContinuation=False, hookErrors=["run the tests"])
    assert turns(transcript) == [(Turn.DONE, None), (Turn.STARTED, None)]


def test_failed_request_is_reported_as_retry() -> None:
    transcript = Transcript()
    error = {"status": 529, "error": {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}}
    transcript.system("api_error", error=error, retryInMs=612.5, retryAttempt=2, maxRetries=10)
    retry = transcript.one(RetryUpdate)
    assert (retry.reason, retry.status, retry.attempt, retry.attempts, retry.wait_ms) == ("Overloaded", 529, 2, 10, 612)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"error": {"message": "Connection error."}}, "Connection error."),
        ({"error": {}, "cause": {"code": "ECONNRESET"}}, "ECONNRESET"),
        ({}, "API error"),
    ],
)
def test_innermost_error_is_the_reason(fields: dict[str, object], reason: str) -> None:
    transcript = Transcript()
    transcript.system("api_error", **fields)
    assert transcript.one(RetryUpdate).reason == reason


def test_abandoned_request_has_the_displayed_error() -> None:
    transcript = Transcript()
    transcript.assistant(
        text_block("You've hit your limit."),
        model="<synthetic>",
        isApiErrorMessage=True,
        apiErrorStatus=429,
        error="rate_limit",
    )
    retry = transcript.one(RetryUpdate)
    assert (retry.reason, retry.wait_ms, retry.status) == ("You've hit your limit.", None, 429)


def test_stop_hook_that_reports_errors_lets_the_agent_go_on() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("Done."))
    transcript.system("stop_hook_summary", preventedContinuation=False, hookErrors=["The tests fail."])
    assert turns(transcript) == []


@pytest.mark.parametrize(
    ("agents", "workflows", "pending"), [(2, 1, 3), (0, None, 0), (0, 1, 1), (None, 0, None), ("none", None, None)]
)
def test_end_of_the_turn_counts_what_runs_on_in_the_background(
    agents: object, workflows: object, pending: int | None
) -> None:
    counts = {"pendingBackgroundAgentCount": agents, "pendingWorkflowCount": workflows}
    stated = {name: value for name, value in counts.items() if value is not None}
    transcript = Transcript()
    transcript.assistant(text_block("They run."))
    transcript.system("turn_duration", durationMs=10, **stated)
    assert transcript.one(TurnUpdate).pending == pending


@pytest.mark.parametrize(
    ("version", "words", "stop", "after_s", "expected"),
    [
        ("1.0.56", "Seven boats.", None, 1, 5_000),
        ("1.0.56", "The boats are counted.", None, 1, 3_000),
        ("1.0.56", "There are more boats. I'll count them.", None, 1, 20_000),
        ("2.0.76", "Seven boats.", None, 90, 20_000),
        ("2.0.76", "I'll go. The boats are counted.", None, 90, 3_000),
        ("2.0.76", "The boats are counted. Now the oars.", None, 90, 20_000),
        ("2.0.76", "The boats are counted. Let me know what you want.", None, 90, 3_000),
        ("2.1.39", "The boats are counted.", None, 90, 120_000),
        ("2.1.39", "Seven boats.", None, 10, 20_000),
        ("2.1.39", "Seven boats.", None, 90, 120_000),
        ("2.1.197", "Seven boats.", None, 90, 20_000),
        ("2.1.197", "I count them.", "tool_use", 1, None),
        ("1.0.56", "I count them:", None, 1, None),
        ("2.0.76", "数えます：", None, 1, None),
    ],
)
def test_silence_after_which_a_text_was_the_last_of_its_turn(
    version: str, words: str, stop: str | None, after_s: int, expected: int | None
) -> None:
    transcript = Transcript()
    transcript.user("Count the boats.", version=version)
    spoken = (START + timedelta(seconds=after_s)).isoformat()
    transcript.assistant(text_block(words), stop=stop, version=version, timestamp=spoken)
    assert [message.final_after_ms for message in transcript.of(AgentMessage)] == [expected]


def test_more_follows_a_thought() -> None:
    transcript = Transcript()
    transcript.assistant({"type": "thinking", "thinking": "Boats …", "signature": ""})
    assert [message.final_after_ms for message in transcript.of(AgentMessage)] == [None]


def test_line_about_a_turn_belongs_to_the_session_of_the_line_before_it() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("The plan is carried out."))
    transcript.system("turn_duration", durationMs=10, sessionId="the-one-before")
    assert transcript.one(TurnUpdate).session == transcript.one(AgentMessage).session
