"""Chats of Gemini CLI: prompts, responses, tokens, context, calls and sub-agents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sources.gemini_builder import (
    AGENT,
    AGENT_PATH,
    CWD,
    PATH,
    SESSION,
    Chat,
    call,
    events_of,
    only,
    read,
    tokens,
)
from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    ContextUpdate,
    PlanUpdate,
    Prompt,
    SessionKey,
    SessionUpdate,
    Tokens,
    ToolKind,
    Turn,
    TurnUpdate,
    Usage,
)

START = 1_772_359_200_000
"""2026-03-01T10:00:00Z."""


def test_header_has_the_session_id() -> None:
    [event] = events_of(Chat(), SessionUpdate)
    assert (event.session, event.at, event.path) == (SessionKey("gemini", SESSION), START, str(PATH))


def test_summary_is_the_title() -> None:
    assert [event.title for event in events_of(Chat().sets(summary="Mend the engine").sets(), SessionUpdate)] == [
        "",
        "Mend the engine",
    ]


@pytest.mark.parametrize(
    "chat",
    [
        Chat(directories=[CWD, "/elsewhere"]),
        Chat().sets(directories=[CWD]),
        Chat().sets(
            messages=[
                {
                    "id": "c",
                    "type": "user",
                    "content": [{"text": f"<session_context>\n- **Workspace Directories:**\n  - {CWD}\n- **Date"}],
                }
            ]
        ),
    ],
)
def test_directory_is_read_from_the_header_or_the_first_message(chat: Chat) -> None:
    assert events_of(chat, SessionUpdate)[-1].cwd == CWD


def test_prompt_begins_a_turn() -> None:
    events = read(Chat().asks("mend it").records)
    assert [(turn.turn, turn.at) for turn in only(events, TurnUpdate)] == [(Turn.STARTED, START + 1000)]
    assert [(prompt.text, prompt.at) for prompt in only(events, Prompt)] == [("mend it", START + 1000)]


def test_prompt_may_begin_with_a_path() -> None:
    assert [prompt.text for prompt in events_of(Chat().asks("/etc/hosts is wrong"), Prompt)] == ["/etc/hosts is wrong"]


def test_prompt_is_emitted_as_typed() -> None:
    chat = Chat().asks("mend @a.py\n--- content of a.py ---", displayContent=[{"text": "mend @a.py"}])
    assert [prompt.text for prompt in events_of(chat, Prompt)] == ["mend @a.py"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "/help",
        "/chat save x",
        "?",
        "<session_context>\nToday",
        "<hook_context>x</hook_context>",
        [{"functionResponse": {"id": "x", "response": {"output": "5"}}}],
        [],
        None,
        5,
    ],
)
def test_commands_and_generated_texts_are_not_prompts(content: Any) -> None:
    assert read(Chat().message("user", content).records[1:]) == []


def test_messages_and_thoughts_are_emitted() -> None:
    thoughts = [{"subject": "Plan", "description": "look first"}, {"subject": "Then"}, {}]
    chat = Chat().responds("Done.", thoughts=thoughts)
    messages = events_of(chat, AgentMessage)
    assert [(event.text, event.thinking) for event in messages] == [
        ("Plan: look first", True),
        ("Then", True),
        ("Done.", False),
    ]


def test_thought_parts_are_not_part_of_the_message() -> None:
    chat = Chat().responds([{"text": "hm", "thought": True}, {"text": "Well"}, {"inlineData": {}}])
    assert [event.text for event in events_of(chat, AgentMessage)] == ["Well"]


def test_token_counts_are_exclusive() -> None:
    [usage] = events_of(Chat().responds("x", tokens(1000, output=40, cached=600, thoughts=25, tool=7)), Usage)
    assert usage.tokens == Tokens(input=407, output=65, cache_read=600, reasoning=25)
    assert usage.tokens.total == 1000 + 40 + 25 + 7
    assert (usage.model, usage.provider, usage.at) == ("gemini-2.5-pro", "google", START + 1000)


def test_context_is_the_input_of_the_last_response() -> None:
    chat = Chat().responds("x", tokens(1000, cached=600)).responds("y", tokens(1500))
    assert [event.tokens for event in events_of(chat, ContextUpdate)] == [1000, 1500]


@pytest.mark.parametrize("spent", [None, {}, tokens(0), "many"])
def test_response_without_tokens_has_no_usage(spent: Any) -> None:
    assert events_of(Chat().responds("x", spent), Usage) == []


def test_rewritten_message_emits_only_additions() -> None:
    chat = Chat().asks("go").responds("Well", tokens(10), thoughts=[{"subject": "Hm"}])
    before = len(read(chat.records))
    chat.calls(call("read_file", {"file_path": "/w/a.py"}))
    assert [type(event) for event in read(chat.records)[before:]] == [CallStarted, CallFinished]
    chat.calls(call("read_file", {"file_path": "/w/a.py"}), call("glob", {"pattern": "*"}, call="call_2"))
    assert [started.call for started in events_of(chat, CallStarted)] == ["call_1", "call_2"]


def test_tokens_added_later_belong_to_the_same_response() -> None:
    chat = Chat().responds("Well", name="m").responds("Well", tokens(10, 1), name="m")
    [usage] = events_of(chat, Usage)
    assert usage.strong_ids == (f"gemini:{SESSION}+m",)
    assert len(events_of(chat, AgentMessage)) == 1


def test_call_has_its_result() -> None:
    chat = Chat().responds("", tokens(10)).calls(call("run_shell_command", {"command": "make", "description": "build"}))
    [started], [finished] = events_of(chat, CallStarted), events_of(chat, CallFinished)
    assert (started.tool, started.kind, started.subject, started.note) == (
        "run_shell_command",
        ToolKind.SHELL,
        "make",
        "build",
    )
    assert (started.at, started.model) == (START + 1000, "gemini-2.5-pro")
    assert (finished.state, finished.at) == (CallState.OK, START + 3_600_000)
    assert (started.ref, finished.ref) == (finished.ref, started.ref)


def test_call_without_a_result_is_open() -> None:
    chat = Chat().responds("").calls(call("run_shell_command", {}, status="executing"))
    assert len(events_of(chat, CallStarted)) == 1
    assert events_of(chat, CallFinished) == []
    chat.calls(call("run_shell_command", {}, status="cancelled"))
    assert [finished.state for finished in events_of(chat, CallFinished)] == [CallState.INTERRUPTED]


def test_todos_are_the_plan() -> None:
    todos = [
        {"description": "a", "status": "completed"},
        {"description": "b", "status": "in_progress"},
        {"description": "c", "status": "pending"},
    ]
    [plan] = events_of(Chat().responds("").calls(call("write_todos", {"todos": todos})), PlanUpdate)
    assert (plan.completed, plan.total, plan.now) == (1, 3, "b")


@pytest.mark.parametrize(
    ("kind", "text", "turn"),
    [
        ("error", "[API Error: quota]", Turn.FAILED),
        ("info", "Request cancelled.", Turn.INTERRUPTED),
        ("info", "User cancelled the request.", Turn.INTERRUPTED),
    ],
)
def test_messages_of_the_program_end_a_turn(kind: str, text: str, turn: Turn) -> None:
    [ended] = events_of(Chat().message(kind, text), TurnUpdate)
    assert (ended.turn, ended.reason) == (turn, text)


def test_other_messages_of_the_program_have_no_events() -> None:
    assert read(Chat().message("info", "Update available").message("warning", "slow").records[1:]) == []


def test_context_is_unknown_after_a_rewind() -> None:
    chat = Chat().asks("a", name="m").responds("b", tokens(10)).line({"$rewindTo": "m"})
    assert [event.tokens for event in events_of(chat, ContextUpdate)] == [10, None]


def test_chat_of_a_sub_agent_belongs_to_the_session_of_its_folder() -> None:
    chat = Chat(AGENT, kind="subagent").asks("look around").responds("Found it", tokens(10))
    events = read(chat.calls(call("complete_task", {"result": "x"})).records, AGENT_PATH)
    assert {(event.session, event.agent) for event in events} == {(SessionKey("gemini", SESSION), AGENT)}
    assert only(events, SessionUpdate) == []
    first, last = only(events, AgentUpdate)
    assert (first.parent, first.started) == (MAIN, START)
    assert (last.status, last.ended) == (AgentStatus.COMPLETED, START + 3_600_000)


def test_chat_of_a_sub_agent_elsewhere_is_a_session() -> None:
    assert events_of(Chat(AGENT, kind="subagent"), SessionUpdate)[0].session == SessionKey("gemini", AGENT)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("success", AgentStatus.COMPLETED),
        ("error", AgentStatus.FAILED),
        ("cancelled", AgentStatus.TERMINATED),
    ],
)
def test_call_has_the_sub_agent_that_it_started(status: str, expected: AgentStatus) -> None:
    arguments = {"agent_name": "investigator", "prompt": "look around"}
    chat = Chat().responds("").calls(call("invoke_agent", arguments, status=status, agentId=AGENT))
    [agent], [started] = events_of(chat, AgentUpdate), events_of(chat, CallStarted)
    assert (agent.agent, agent.parent, agent.call, agent.type, agent.description) == (
        AGENT,
        MAIN,
        "call_1",
        "investigator",
        "look around",
    )
    assert (agent.status, agent.ended, started.kind) == (expected, START + 3_600_000, ToolKind.AGENT)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", [("", None)]),
        ("The tests are next. I will run them.", [("The tests are next. I will run them.", None), ("", None)]),
        ("All the tests pass.", [("All the tests pass.", 5_000)]),
    ],
)
def test_response_whose_calls_are_not_over_is_not_the_last_of_its_turn(words: str, expected: list[Any]) -> None:
    chat = Chat().asks("go").responds(words, tokens(100, 9))
    assert [(event.text, event.final_after_ms) for event in events_of(chat, AgentMessage)] == expected
    chat.calls(call("run_shell_command", {"command": "make"}))
    assert [(event.text, event.final_after_ms) for event in events_of(chat, AgentMessage)] == expected


def test_response_that_is_read_with_its_calls_asks_for_nothing_more() -> None:
    chat = Chat().asks("go").responds("", tokens(100, 9), toolCalls=[call("run_shell_command", {"command": "make"})])
    assert events_of(chat, AgentMessage) == []
