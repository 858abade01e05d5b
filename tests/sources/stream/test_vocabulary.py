"""Lines of model calls, questions, steps and ends, as other programs write them."""

from __future__ import annotations

from tests.sources.stream_builder import MILLIS, SECONDS, line, only, read, read_resuming
from tui_monitor.events import (
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CompactionUpdate,
    ContextUpdate,
    ModelRequest,
    PlanUpdate,
    Rank,
    RetryUpdate,
    Turn,
    TurnUpdate,
    Usage,
    WaitUpdate,
)


def test_generation_without_a_start_is_a_response() -> None:
    events = read(line("generation", model="m", input_tokens=3, duration_ms=800, ttft_ms=90))
    [usage] = only(events, Usage)
    assert (usage.tokens.input, usage.duration_ms, usage.ttft_ms, usage.rank) == (3, 800, 90, Rank.FINAL)
    assert [request.ended for request in only(events, ModelRequest)] == [True]


def test_generation_without_tokens_is_a_response_of_unknown_size() -> None:
    [usage] = only(read(line("generation", id=1)), Usage)
    assert (usage.tokens.total, usage.rank) == (0, Rank.PARTIAL)


def test_failed_generation_with_tokens_counts_them() -> None:
    events = read(line("generation", id=1, error="broken off", output_tokens=4, lower_bound=True, status_code=500))
    assert [usage.rank for usage in only(events, Usage)] == [Rank.PARTIAL]
    assert [(retry.reason, retry.status, retry.wait_ms) for retry in only(events, RetryUpdate)] == [
        ("broken off", 500, None)
    ]


def test_retry_replaces_the_failure_of_the_call_before_and_has_its_words() -> None:
    failed = line("generation", "u2", id="g1", error="ReadTimeout: no answer", attempt=1)
    retry = line("retry", "u3", reason="timeout", wait_ms=2000, timestamp=SECONDS + 1)
    again = line("generation", "u5", id="g2", output_tokens=3)
    records = [line("generation_start", "u1", id="g1"), failed, retry, line("retry", "u4", reason="limit"), again]
    retries = only(read_resuming(records), RetryUpdate)
    assert [(each.reason, each.wait_ms, each.failed_at) for each in retries] == [
        ("ReadTimeout: no answer", None, 0),
        ("ReadTimeout: no answer", 2000, MILLIS),
        ("limit", None, 0),
    ]


def test_retry_after_another_call_is_about_that() -> None:
    failed = line("generation", "u1", id="g1", error="overloaded")
    for after in (line("generation_start", "u2", id="g2"), line("generation", "u2", id="g2", output_tokens=3)):
        retries = only(read(failed, after, line("retry", "u3", reason="limit")), RetryUpdate)
        assert [each.failed_at for each in retries] == [0, 0]


def test_open_generations_are_kept_apart_by_session_and_agent() -> None:
    records = [
        line("generation_start", "u1", id="g1", model="m1"),
        line("generation_start", "u2", id="g1", agent_id="a1", model="m2"),
        line("generation_start", "u3", id="g2", model="m3"),
        line("generation", "u4", id="g2", output_tokens=1),
        line("generation", "u5", id="g1", agent_id="a1", output_tokens=1),
    ]
    requests = only(read_resuming(records), ModelRequest)
    assert [(request.agent, request.request, request.model, request.ended) for request in requests[3:]] == [
        ("", "g1", "m1", False),
        ("a1", "g1", "m2", True),
    ]


def test_question_without_an_id_is_that_of_its_agent() -> None:
    records = [
        line("wait", "u1", waiting=True, reason="Which port?", agent_id="a1"),
        line("wait", "u2", waiting=True, reason="Go on?", call_id=7),
        line("wait", "u3", waiting=False, agent_id="a1"),
        line("wait", "u4", waiting=False, call_id=7),
        line("wait", "u5", waiting=False),
    ]
    updates = only(read_resuming(records), WaitUpdate)
    assert [(update.waiting, update.reason, update.call, update.agent) for update in updates] == [
        (True, "Which port?", "", "a1"),
        (True, "Go on?", "7", ""),
        (True, "Go on?", "7", ""),
        (False, "", "7", ""),
        (False, "", "", ""),
    ]


def test_compaction_sets_the_context() -> None:
    events = read(
        line("compaction", "u1", finished=False),
        line("compaction", "u2", before=9, after=4),
        line("compaction", "u3"),
        line("compaction", "u4", error="no room"),
    )
    assert [(each.finished, each.failed) for each in only(events, CompactionUpdate)] == [
        (False, False),
        (True, False),
        (True, False),
        (True, True),
    ]
    assert [update.tokens for update in only(events, ContextUpdate)] == [4, None]


def test_retry_has_its_limit() -> None:
    record = line("retry", reason="limit", rate_limited=True, resets_at=SECONDS + 60, attempt=2, attempts=5)
    [retry] = only(read(record), RetryUpdate)
    assert (retry.is_rate_limit, retry.resets_at, retry.attempt, retry.attempts) == (True, MILLIS + 60_000, 2, 5)


def test_todos_of_any_shape_are_counted() -> None:
    steps = [{"text": "a", "status": "completed"}, {"text": 7, "status": "in_progress"}, "nonsense", {}]
    assert [(plan.completed, plan.total, plan.now) for plan in only(read(line("todos", items=steps)), PlanUpdate)] == [
        (1, 3, "")
    ]


def test_end_has_the_final_status() -> None:
    events = read(line("end", status="failed", reason="aground", exit_code=1, process_id=5))
    assert [(turn.turn, turn.reason) for turn in only(events, TurnUpdate)] == [(Turn.SESSION_ENDED, "aground")]
    assert [(update.status, update.exit_code, update.ended) for update in only(events, AgentUpdate)] == [
        (AgentStatus.FAILED, 1, MILLIS)
    ]


def test_time_that_a_call_waited_is_no_run_time() -> None:
    record = line("tool", id=1, tool_name="deploy", started_at=MILLIS, duration_ms=9000, waited_ms=8000)
    [finished] = only(read(record), CallFinished)
    assert (finished.duration_ms, finished.waited_ms, finished.at) == (1000, 8000, MILLIS + 9000)
