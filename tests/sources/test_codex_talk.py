"""What was said, turns, compactions and failures, each once."""

from __future__ import annotations

import pytest

from tests.sources.codex_builder import Rollout, only, read, told, usage
from tui_monitor.events import (
    AgentMessage,
    CompactionUpdate,
    ContextUpdate,
    PlanUpdate,
    Prompt,
    RetryUpdate,
    Turn,
    TurnUpdate,
    WaitUpdate,
)
from tui_monitor.sources.base import Record

USER = {"type": "text", "text": "fix it", "text_elements": []}


def turns(rollout: Rollout) -> list[Turn]:
    return [seen.turn for seen in told(rollout, TurnUpdate)]


def test_a_prompt_is_told_by_an_event_or_an_item() -> None:
    older = Rollout().event("task_started").event("user_message", message="fix it", images=[])
    newer = Rollout().event("task_started").item("UserMessage", id="u", content=[USER])
    assert [seen.text for seen in told(older, Prompt)] == [seen.text for seen in told(newer, Prompt)] == ["fix it"]


def test_a_prompt_told_by_both_is_one_and_told_again_in_the_next_turn_another() -> None:
    rollout = Rollout()
    for _ in range(2):
        rollout.event("task_started").event("user_message", message="fix it").item(
            "UserMessage", id="u", content=[USER]
        )
    assert len(told(rollout, Prompt)) == 2


def test_a_prompt_said_twice_in_one_turn_is_two() -> None:
    rollout = Rollout().event("task_started").event("user_message", message="go").event("user_message", message="go")
    assert len(told(rollout, Prompt)) == 2


def test_a_prompt_of_pictures_alone_is_told() -> None:
    rollout = Rollout().event("user_message", message="", local_images=["/p/a.png"])
    assert [seen.text for seen in told(rollout, Prompt)] == ["[image]"]


@pytest.mark.parametrize("kind", ["environment_context", "user_instructions"])
def test_what_the_program_added_is_no_prompt(kind: str) -> None:
    assert told(Rollout().event("user_message", message="<cwd>", kind=kind), Prompt) == []


def test_words_and_thoughts_are_told_once() -> None:
    rollout = Rollout().event("task_started")
    rollout.event("agent_reasoning", text="hmm").event("agent_message", message="Done.")
    rollout.line("response_item", {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hmm"}]})
    rollout.line("response_item", {"type": "message", "role": "assistant", "content": [{"text": "Done."}]})
    rollout.item("Reasoning", id="r", summary_text=["hmm"]).item("AgentMessage", id="m", content=[{"text": "Done."}])
    assert [(seen.text, seen.thinking) for seen in told(rollout, AgentMessage)] == [("hmm", True), ("Done.", False)]


def test_a_plan_in_words_is_said() -> None:
    assert [seen.text for seen in told(Rollout().item("Plan", id="p", text="1. look"), AgentMessage)] == ["1. look"]


def test_turns_begin_and_end() -> None:
    rollout = Rollout().event("task_started").event("task_complete", last_agent_message="Done.", duration_ms=712)
    rollout.event("turn_started").event("turn_complete", last_agent_message="Done.")
    assert turns(rollout) == [Turn.STARTED, Turn.DONE] * 2
    assert told(rollout, TurnUpdate)[1].duration_ms == 712


def test_a_turn_whose_end_is_missing_ended_at_the_last_line_before_the_next() -> None:
    rollout = Rollout().event("task_started").event("agent_message", message="so").event("task_started")
    seen = told(rollout, TurnUpdate)
    assert [one.turn for one in seen] == [Turn.STARTED, Turn.DONE, Turn.STARTED]
    assert seen[1].at == seen[2].at - 1000
    assert seen[1].reason == "no end was written"


def test_where_turns_are_not_marked_a_prompt_begins_one_and_ends_the_one_before() -> None:
    rollout = Rollout().event("user_message", message="one").event("user_message", message="two")
    assert turns(rollout) == [Turn.STARTED, Turn.DONE, Turn.STARTED]


def test_where_turns_are_marked_a_prompt_within_one_steers_it() -> None:
    rollout = Rollout().event("task_started").event("user_message", message="one").event("user_message", message="two")
    assert turns(rollout) == [Turn.STARTED]


@pytest.mark.parametrize(
    ("reason", "turn"),
    [
        ("interrupted", Turn.INTERRUPTED),
        ("replaced", Turn.INTERRUPTED),
        ("review_ended", Turn.DONE),
        (None, Turn.INTERRUPTED),
    ],
)
def test_an_aborted_turn_says_why(reason: str | None, turn: Turn) -> None:
    rollout = Rollout().event("task_started").event("turn_aborted", reason=reason)
    assert turns(rollout) == [Turn.STARTED, turn]
    assert told(rollout, TurnUpdate)[-1].reason == (reason or "")


def test_a_turn_that_ended_in_an_error_failed() -> None:
    rollout = Rollout().event("task_started").event("error", message="usage limit reached")
    rollout.event("task_complete", last_agent_message=None).event("task_started").event("task_complete")
    assert turns(rollout) == [Turn.STARTED, Turn.FAILED, Turn.STARTED, Turn.DONE]
    assert told(rollout, TurnUpdate)[1].reason == "usage limit reached"


def test_a_failed_request_is_tried_again_or_given_up() -> None:
    info = {"response_stream_disconnected": {"http_status_code": 503}}
    rollout = Rollout().event("stream_error", message="Reconnecting... 2/5", codex_error_info=info)
    rollout.event("error", message="gave up after 5/5", codex_error_info="usage_limit_exceeded")
    assert [(one.attempt, one.attempts, one.wait_ms, one.status) for one in told(rollout, RetryUpdate)] == [
        (2, 5, 0, 503),
        (0, 0, None, None),
    ]


COMPACTED = ("compacted", {"message": "summary"})


def test_a_compaction_told_by_a_line_and_an_event_is_one() -> None:
    rollout = Rollout().context().responds(usage(900, output=100))
    rollout.line(*COMPACTED).event("context_compacted")
    rollout.responds(usage(100, output=10))
    assert [seen.before for seen in told(rollout, CompactionUpdate)] == [1000]
    assert [seen.tokens for seen in told(rollout, ContextUpdate)] == [1000, None, 110]


@pytest.mark.parametrize("teller", ["line", "event", "item"])
def test_compactions_told_by_one_teller_are_as_many(teller: str) -> None:
    rollout = Rollout()
    for _ in range(2):
        if teller == "line":
            rollout.line(*COMPACTED)
        elif teller == "event":
            rollout.event("context_compacted")
        else:
            rollout.item("ContextCompaction", id="c")
    assert len(told(rollout, CompactionUpdate)) == 2


def test_a_plan_update_tells_the_steps() -> None:
    plan = [{"step": "a", "status": "completed"}, {"step": "b", "status": "pending"}, "odd"]
    [seen] = told(Rollout().event("plan_update", plan=plan), PlanUpdate)
    assert (seen.completed, seen.total, seen.now) == (1, 2, "")


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("exec_approval_request", {"reason": "writes outside"}, "writes outside"),
        ("apply_patch_approval_request", {"reason": None}, "to change files"),
        ("request_user_input", {}, "a question"),
    ],
)
def test_a_request_for_approval_waits_for_a_person(kind: str, fields: Record, reason: str) -> None:
    [seen] = told(Rollout().event(kind, call_id="call_1", **fields), WaitUpdate)
    assert (seen.waiting, seen.reason, seen.call) == (True, reason, "call_1")


def test_pictures_and_words_of_the_program_tell_nothing() -> None:
    rollout = Rollout().line("response_item", {"type": "message", "role": "user", "content": [{"text": "<env>"}]})
    assert only(read(rollout.records), Prompt) == []
