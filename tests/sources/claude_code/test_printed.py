"""Output of ``claude -p``: parsed like a transcript, with facts that only printed lines have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sources.claude_builder import ID, MODEL, SESSION, Transcript, only, text_block, tool_use, usage
from tests.sources.claude_payloads import Printed, events_of, resumed_events_of
from tui_monitor.events import (
    PICO,
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    ChangeKind,
    CompactionUpdate,
    ContextUpdate,
    Prompt,
    Rank,
    RateLimitUpdate,
    RetryUpdate,
    SessionTotalUpdate,
    SessionUpdate,
    Tokens,
    Turn,
    TurnUpdate,
    Usage,
    WaitUpdate,
)
from tui_monitor.sources.base import UnknownRecord

PATCH = {"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 2, "lines": [" a", "+b"]}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_772_359_200_000_000_000)


def with_agent() -> Printed:
    """Return a run with an agent that reads a file."""
    printed = Printed()
    printed.init()
    printed.assistant(tool_use("call_1", "Agent", description="Look", prompt="look", subagent_type="Explore"))
    printed.system("task_started", task_id="a0b1", tool_use_id="call_1", subagent_type="Explore")
    printed.user("look", call="call_1")
    printed.assistant(tool_use("call_2", "Read", file_path="/p/a.py"), call="call_1")
    printed.system("task_progress", task_id="a0b1", tool_use_id="call_1", description="Reading", usage={})
    printed.answer("a", call="call_2", asker="call_1")
    printed.answer("fine", {"agentId": "a0b1", "agentType": "Explore", "status": "completed"})
    printed.result(0.25)
    return printed


def test_response_has_the_ids_of_its_transcript() -> None:
    printed, transcript = Printed(), Transcript()
    printed.assistant(text_block("Hm."))
    transcript.assistant(text_block("Hm."), stop="end_turn")
    (from_print,), (from_transcript,) = only(Usage, printed.events()), transcript.of(Usage)
    assert (from_print.strong_ids, from_print.weak_ids, from_print.session) == (
        from_transcript.strong_ids,
        from_transcript.weak_ids,
        SESSION,
    )
    assert (from_print.rank, from_transcript.rank) == (Rank.PLACEHOLDER, Rank.FINAL)


def test_delta_has_the_final_counts_of_its_response() -> None:
    printed = Printed()
    printed.streams(output=82)
    printed.assistant(text_block("Hm."))
    streamed, answered = only(Usage, printed.events())
    assert set(streamed.weak_ids) & set(answered.weak_ids)
    assert not streamed.has_strong_id
    assert (streamed.rank, streamed.tokens.output) == (Rank.FINAL, 82)
    assert streamed.tokens.prompt == answered.tokens.prompt == 15_403


def test_deltas_of_two_agents_are_separated() -> None:
    printed = Printed()
    printed.streams(output=5, call="call_1")
    printed.assistant(text_block("Hm."), call="call_1")
    printed.streams(output=7)
    assert [(usage.agent, usage.tokens.output) for usage in only(Usage, printed.events())] == [
        ("call_1", 5),
        ("call_1", 1),
        ("", 7),
    ]


def test_result_has_the_cost_of_the_run_with_sub_agents() -> None:
    (total,) = only(SessionTotalUpdate, with_agent().events())
    assert (total.cost, total.tokens) == (PICO // 4, Tokens(3, 20, 15_000, 400))
    assert total.run.startswith("print:")


def test_lower_total_starts_another_run() -> None:
    printed = Printed()
    for dollars in (0.1, 0.3, 0.2):
        printed.assistant(text_block("Hm."))
        printed.result(dollars)
    first, second, third = only(SessionTotalUpdate, printed.events())
    assert first.run == second.run != third.run


@pytest.mark.parametrize("begins", [{"hook_name": "SessionStart:resume"}, {"hook_name": "SessionStart:compact"}])
def test_start_hook_starts_another_run(begins: dict[str, str]) -> None:
    printed = Printed()
    printed.result(0.1)
    printed.system("hook_started", **begins)
    printed.result(0.2)
    first, second = only(SessionTotalUpdate, printed.events())
    assert (first.run != second.run) is begins["hook_name"].endswith("resume")


def test_another_session_starts_another_run() -> None:
    one, other = Printed(), Printed("99999999-2222-4333-8444-555555555555")
    one.result(0.1)
    other.result(0.2)
    first, second = only(SessionTotalUpdate, events_of([*one.records, *other.records]))
    assert first.run != second.run
    assert first.session != second.session


def test_single_result_is_a_run() -> None:
    printed = Printed()
    printed.result(0.5)
    assert [type(event) for event in printed.events()] == [SessionUpdate, SessionTotalUpdate, TurnUpdate]


def test_result_has_the_size_of_the_window() -> None:
    printed = Printed()
    printed.init()
    printed.assistant(text_block("Hm."))
    printed.result(0.1)
    assert [(update.tokens, update.limit) for update in only(ContextUpdate, printed.events())] == [
        (15_403, None),
        (15_403, 200_000),
    ]


@pytest.mark.parametrize(
    ("fields", "turn", "reason"),
    [
        ({}, Turn.DONE, ""),
        ({"is_error": True, "subtype": "error_max_turns", "result": None}, Turn.FAILED, "error_max_turns"),
        ({"is_error": True, "errors": ["no", "way"], "result": None}, Turn.FAILED, "no; way"),
        ({"is_error": True, "result": "API Error: 529"}, Turn.FAILED, "API Error: 529"),
    ],
)
def test_turn_ends_with_its_result(fields: dict[str, object], turn: Turn, reason: str) -> None:
    printed = Printed()
    printed.result(0.1, **fields)
    (update,) = only(TurnUpdate, printed.events())
    assert (update.turn, update.reason) == (turn, reason)
    assert update.duration_ms == (1200 if turn is Turn.DONE else None)


def test_call_is_matched_with_its_result_and_diff() -> None:
    printed = Printed()
    printed.assistant(tool_use("call_1", "Edit", file_path="/p/a.py", old_string="a", new_string="a\nb"))
    structured = {"filePath": "/p/a.py", "oldString": "a", "newString": "a\nb", "structuredPatch": [PATCH]}
    printed.answer("The file was updated.", structured)
    (began,), (end,) = only(CallStarted, printed.events()), only(CallFinished, printed.events())
    (change,) = end.changes
    assert (began.call, end.state) == ("call_1", CallState.OK)
    assert (change.kind, change.added, change.removed) == (ChangeKind.MODIFY, 1, 0)


def test_lines_of_an_agent_belong_to_the_agent_of_the_call() -> None:
    events = with_agent().events()
    assert [update.agent for update in only(Usage, events)] == ["", "a0b1"]
    assert [call.agent for call in only(CallStarted, events)] == ["", "a0b1"]
    assert [(update.agent, update.text) for update in only(Prompt, events)] == [("a0b1", "look")]
    first, last = only(AgentUpdate, events)
    assert (first.agent, first.call, first.status) == ("a0b1", "call_1", AgentStatus.RUNNING)
    assert (last.agent, last.type, last.status) == ("a0b1", "Explore", AgentStatus.COMPLETED)


def test_unnamed_agent_has_the_id_of_its_call() -> None:
    printed = Printed()
    printed.assistant(tool_use("call_1", "Task", description="Look", prompt="look"))
    printed.assistant(text_block("Hm."), call="call_1")
    (update,) = only(AgentUpdate, printed.events())
    assert (update.agent, update.call, update.parent, update.description) == ("call_1", "call_1", "", "Look")


def test_background_command_ends_with_its_task() -> None:
    printed = Printed()
    printed.assistant(tool_use("call_1", "Bash", command="make", run_in_background=True))
    printed.answer("Command running in background with ID: b1", {"stdout": "", "backgroundTaskId": "b1"})
    printed.system("task_notification", task_id="b1", tool_use_id="call_1", status="failed", summary="exit 2", usage={})
    launched, ended = only(CallFinished, printed.events())
    assert (launched.state, ended.state) == (CallState.BACKGROUND, CallState.FAILED)
    assert (ended.call, ended.error) == ("call_1", "exit 2")


def test_progress_of_calls_is_emitted() -> None:
    printed = with_agent()
    printed.line("tool_progress", tool_use_id="call_9", tool_name="Bash", elapsed_time_seconds=3)
    reading, running = only(CallProgress, printed.events())
    assert (reading.call, reading.doing) == ("call_1", "Reading")
    assert (running.call, running.elapsed_ms) == ("call_9", 3000)


def test_compaction_and_its_start_are_emitted() -> None:
    printed = Printed()
    printed.system("status", status="compacting")
    payload = {"trigger": "auto", "pre_tokens": 160_000, "post_tokens": 9_000, "duration_ms": 154}
    printed.system("compact_boundary", compact_metadata=payload)
    began, end = only(CompactionUpdate, printed.events())
    assert (began.finished, end.finished) == (False, True)
    assert (end.before, end.after, end.trigger) == (160_000, 9_000, "auto")
    assert [update.tokens for update in only(ContextUpdate, printed.events())] == [9_000]


def test_retried_request_is_reported() -> None:
    printed = Printed()
    printed.system("api_retry", attempt=2, max_retries=10, retry_delay_ms=505.5, error_status=529, error="overloaded")
    (update,) = only(RetryUpdate, printed.events())
    assert (update.attempt, update.attempts, update.wait_ms, update.status, update.reason) == (
        2,
        10,
        505,
        529,
        "overloaded",
    )


def test_abandoned_request_is_reported() -> None:
    printed = Printed()
    printed.assistant(text_block("API Error: 529"), model="<synthetic>", counts=usage(0, 0, 0, 0))["error"] = (
        "server_error"
    )
    (update,) = only(RetryUpdate, printed.events())
    assert (update.wait_ms, update.reason) == (None, "API Error: 529")
    assert only(Usage, printed.events()) == []


def test_permission_request_starts_waiting() -> None:
    printed = Printed()
    request = {"subtype": "can_use_tool", "tool_name": "Bash", "tool_use_id": "call_1"}
    printed.line("control_request", request=request)
    (update,) = only(WaitUpdate, printed.events())
    assert (update.waiting, update.reason, update.call) == (True, "Bash", "call_1")


def test_rate_limits_are_reported() -> None:
    printed = Printed()
    payload = {"status": "allowed", "rateLimitType": "five_hour", "utilization": 0.25, "resetsAt": 1_772_360_000}
    printed.line("rate_limit_event", rate_limit_info=payload)
    (update,) = only(RateLimitUpdate, printed.events())
    assert (update.name, update.used_percent, update.resets_at) == ("five hour", 25.0, 1_772_360_000_000)


def test_synthetic_user_message_is_not_a_prompt() -> None:
    printed = Printed()
    printed.user("This session is being continued …", isSynthetic=True)
    printed.user("<local-command-stdout>Compacted</local-command-stdout>", isReplay=True)
    assert only(Prompt, printed.events()) == []


def test_session_facts_are_emitted_once() -> None:
    printed = Printed()
    printed.init()
    printed.init()
    first, *rest = only(SessionUpdate, printed.events())
    update = rest[0]
    assert first.path.endswith("printed.jsonl")
    assert (update.cwd, update.version, update.mode) == ("/home/ada/engine", "2.1.197", "acceptEdits")
    assert len(rest) == 1


def test_session_facts_have_no_time_so_that_the_transcript_wins() -> None:
    printed = Printed()
    printed.init()
    assert {update.at for update in only(SessionUpdate, printed.events())} == {0}


def test_lines_before_the_first_time_have_that_time(tmp_path: Path) -> None:
    printed = with_agent()
    path = tmp_path / "printed.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in printed.records))
    events = events_of(printed.records, path)
    assert {event.at for event in only(Usage, events)} == {1_772_359_209_000}


def test_unknown_types_are_counted() -> None:
    with pytest.raises(UnknownRecord, match="system/novelty"):
        events_of([Printed().system("novelty")])


def test_resuming_after_any_line_gives_the_same_events() -> None:
    printed = with_agent()
    printed.streams(output=9)
    printed.assistant(text_block("Hm."))
    printed.result(0.3)
    assert resumed_events_of(printed.records) == events_of(printed.records)
    assert MODEL in {update.model for update in only(Usage, printed.events())}
    assert {event.session.id for event in printed.events()} == {ID}
