"""Messages, turns, compactions and failures, each once."""

from __future__ import annotations

import pytest

from tests.sources.codex_builder import Rollout, events_of, only, read, usage
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
    return [event.turn for event in events_of(rollout, TurnUpdate)]


def test_prompt_is_read_from_an_event_or_an_item() -> None:
    older = Rollout().event("task_started").event("user_message", message="fix it", images=[])
    newer = Rollout().event("task_started").item("UserMessage", id="u", content=[USER])
    assert (
        [event.text for event in events_of(older, Prompt)]
        == [event.text for event in events_of(newer, Prompt)]
        == ["fix it"]
    )


def test_prompt_in_event_and_item_is_one_but_separate_in_the_next_turn() -> None:
    rollout = Rollout()
    for _ in range(2):
        rollout.event("task_started").event("user_message", message="fix it").item(
            "UserMessage", id="u", content=[USER]
        )
    assert len(events_of(rollout, Prompt)) == 2


def test_prompt_repeated_within_a_turn_is_two_prompts() -> None:
    rollout = Rollout().event("task_started").event("user_message", message="go").event("user_message", message="go")
    assert len(events_of(rollout, Prompt)) == 2


def test_prompt_of_images_alone_is_emitted() -> None:
    rollout = Rollout().event("user_message", message="", local_images=["/p/a.png"])
    assert [event.text for event in events_of(rollout, Prompt)] == ["[image]"]


@pytest.mark.parametrize("kind", ["environment_context", "user_instructions"])
def test_text_added_by_the_program_is_not_a_prompt(kind: str) -> None:
    assert events_of(Rollout().event("user_message", message="<cwd>", kind=kind), Prompt) == []


def test_messages_and_thoughts_are_emitted_once() -> None:
    rollout = Rollout().event("task_started")
    rollout.event("agent_reasoning", text="hmm").event("agent_message", message="Done.")
    rollout.line("response_item", {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hmm"}]})
    rollout.line("response_item", {"type": "message", "role": "assistant", "content": [{"text": "Done."}]})
    rollout.item("Reasoning", id="r", summary_text=["hmm"]).item("AgentMessage", id="m", content=[{"text": "Done."}])
    assert [(event.text, event.thinking) for event in events_of(rollout, AgentMessage)] == [
        ("hmm", True),
        ("Done.", False),
    ]


def test_plan_in_text_form_is_a_message() -> None:
    assert [event.text for event in events_of(Rollout().item("Plan", id="p", text="1. look"), AgentMessage)] == [
        "1. look"
    ]


def test_turns_start_and_end() -> None:
    rollout = Rollout().event("task_started").event("task_complete", last_agent_message="Done.", duration_ms=712)
    rollout.event("turn_started").event("turn_complete", last_agent_message="Done.")
    assert turns(rollout) == [Turn.STARTED, Turn.DONE] * 2
    assert events_of(rollout, TurnUpdate)[1].duration_ms == 712


def test_turn_without_an_end_ends_at_the_last_line_before_the_next_turn() -> None:
    rollout = Rollout().event("task_started").event("agent_message", message="so").event("task_started")
    events = events_of(rollout, TurnUpdate)
    assert [one.turn for one in events] == [Turn.STARTED, Turn.DONE, Turn.STARTED]
    assert events[1].at == events[2].at - 1000
    assert events[1].reason == "no end recorded"


def test_prompt_begins_a_turn_in_files_without_turn_markers() -> None:
    rollout = Rollout().event("user_message", message="one").event("user_message", message="two")
    assert turns(rollout) == [Turn.STARTED, Turn.DONE, Turn.STARTED]


def test_prompt_within_a_marked_turn_does_not_begin_another() -> None:
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
def test_aborted_turn_has_a_reason(reason: str | None, turn: Turn) -> None:
    rollout = Rollout().event("task_started").event("turn_aborted", reason=reason)
    assert turns(rollout) == [Turn.STARTED, turn]
    assert events_of(rollout, TurnUpdate)[-1].reason == (reason or "")


def test_turn_that_ends_in_an_error_failed() -> None:
    rollout = Rollout().event("task_started").event("error", message="usage limit reached")
    rollout.event("task_complete", last_agent_message=None).event("task_started").event("task_complete")
    assert turns(rollout) == [Turn.STARTED, Turn.FAILED, Turn.STARTED, Turn.DONE]
    assert events_of(rollout, TurnUpdate)[1].reason == "usage limit reached"


def test_failed_request_is_retried_or_given_up() -> None:
    info = {"response_stream_disconnected": {"http_status_code": 503}}
    rollout = Rollout().event("stream_error", message="Reconnecting... 2/5", codex_error_info=info)
    rollout.event("error", message="gave up after 5/5", codex_error_info="usage_limit_exceeded")
    assert [(one.attempt, one.attempts, one.wait_ms, one.status) for one in events_of(rollout, RetryUpdate)] == [
        (2, 5, 0, 503),
        (0, 0, None, None),
    ]


COMPACTED = ("compacted", {"message": "summary"})


def test_compaction_in_a_line_and_an_event_is_one() -> None:
    rollout = Rollout().context().responds(usage(900, output=100))
    rollout.line(*COMPACTED).event("context_compacted")
    rollout.responds(usage(100, output=10))
    assert [event.before for event in events_of(rollout, CompactionUpdate)] == [1000]
    assert [event.tokens for event in events_of(rollout, ContextUpdate)] == [1000, None, 110]


@pytest.mark.parametrize("origin", ["line", "event", "item"])
def test_compactions_of_one_origin_are_separate(origin: str) -> None:
    rollout = Rollout()
    for _ in range(2):
        if origin == "line":
            rollout.line(*COMPACTED)
        elif origin == "event":
            rollout.event("context_compacted")
        else:
            rollout.item("ContextCompaction", id="c")
    assert len(events_of(rollout, CompactionUpdate)) == 2


def test_plan_update_has_the_steps() -> None:
    plan = [{"step": "a", "status": "completed"}, {"step": "b", "status": "pending"}, "odd"]
    [event] = events_of(Rollout().event("plan_update", plan=plan), PlanUpdate)
    assert (event.completed, event.total, event.now) == (1, 2, "")


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("exec_approval_request", {"reason": "writes outside"}, "writes outside"),
        ("apply_patch_approval_request", {"reason": None}, "to change files"),
        ("request_user_input", {}, "a question"),
    ],
)
def test_approval_request_waits_for_a_person(kind: str, fields: Record, reason: str) -> None:
    [event] = events_of(Rollout().event(kind, call_id="call_1", **fields), WaitUpdate)
    assert (event.waiting, event.reason, event.call) == (True, reason, "call_1")


def test_images_and_texts_of_the_program_have_no_events() -> None:
    rollout = Rollout().line("response_item", {"type": "message", "role": "user", "content": [{"text": "<env>"}]})
    assert only(read(rollout.records), Prompt) == []


def test_turn_without_a_trigger_is_a_compaction_where_triggers_are_named() -> None:
    named = Rollout().event("task_started", turn_attribution={"turn_trigger": "user"}).event("task_complete")
    assert events_of(named.event("task_started"), CompactionUpdate)[-1].finished is False
    assert events_of(Rollout().event("task_started").event("task_started"), CompactionUpdate) == []


def test_error_at_the_end_of_a_turn_is_a_failed_request() -> None:
    error = {"message": "server error", "codex_error_info": "internal_server_error"}
    rollout = Rollout().event("task_started").event("task_complete", error=error, last_agent_message=None)
    assert turns(rollout) == [Turn.STARTED, Turn.FAILED]
    assert [(event.reason, event.wait_ms) for event in events_of(rollout, RetryUpdate)] == [("server error", None)]


def test_used_up_limit_says_when_it_is_renewed() -> None:
    message = "You've hit your usage limit. Try again at 3:45 PM (UTC)."
    rollout = Rollout().event("error", message=message, codex_error_info="usage_limit_exceeded")
    (failure,) = events_of(rollout, RetryUpdate)
    assert failure.is_rate_limit
    assert failure.resets_at > failure.at
