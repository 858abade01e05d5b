from __future__ import annotations

import pytest

from tests.sources.claude_builder import ID, SECOND, START_MS, Transcript, at, text_block
from tui_monitor.events import AgentMessage, Prompt
from tui_monitor.sources.base import Record


def prompts(transcript: Transcript) -> list[str]:
    return [prompt.text for prompt in transcript.of(Prompt)]


@pytest.mark.parametrize("content", ["Oil the valve.", [text_block("Oil the valve.")]])
def test_text_of_a_person_is_a_prompt(content: str | list[Record]) -> None:
    transcript = Transcript()
    transcript.user(content)
    assert prompts(transcript) == ["Oil the valve."]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "  \n",
        "<local-command-stdout>Bye!</local-command-stdout>",
        "<command-name>/model</command-name>\n<command-message>model</command-message>\n<command-args></command-args>",
        "<bash-input>git pull</bash-input>",
        "<bash-stdout>Up to date.</bash-stdout><bash-stderr></bash-stderr>",
        "<task-notification>\n<task-id>b1</task-id>\n</task-notification>",
        "<system-reminder>Mind the gap.</system-reminder>",
        "[Request interrupted by user]",
    ],
)
def test_text_of_the_program_is_not_a_prompt(content: str) -> None:
    transcript = Transcript()
    transcript.user(content)
    assert prompts(transcript) == []


@pytest.mark.parametrize("flag", ["isMeta", "isCompactSummary", "isVisibleInTranscriptOnly"])
def test_flagged_message_is_not_a_prompt(flag: str) -> None:
    transcript = Transcript()
    transcript.user("This session is being continued.", **{flag: True})
    assert prompts(transcript) == []


def test_only_human_origin_is_a_prompt() -> None:
    transcript = Transcript()
    transcript.user("From a colleague.", origin={"kind": "peer"})
    transcript.user("From a person.", origin={"kind": "human"})
    assert prompts(transcript) == ["From a person."]


@pytest.mark.parametrize(
    ("content", "prompt"),
    [
        (
            "<command-message>review is running…</command-message>\n<command-name>/review</command-name>\n"
            "<command-args>12 now</command-args>",
            "/review 12 now",
        ),
        ("<command-message>review</command-message>\n<command-name>review</command-name>", "/review"),
    ],
)
def test_slash_command_is_shown_as_typed(content: str, prompt: str) -> None:
    transcript = Transcript()
    transcript.user(content)
    assert prompts(transcript) == [prompt]


def test_images_are_named_and_editor_context_is_left_out() -> None:
    transcript = Transcript()
    opened = text_block("<ide_opened_file>The user opened /e/a.py.</ide_opened_file>")
    transcript.user([opened, {"type": "image", "source": {}}, text_block("What is this?")])
    assert prompts(transcript) == ["[image]\nWhat is this?"]


def test_results_are_not_prompts() -> None:
    transcript = Transcript()
    transcript.calls("Bash", command="make")
    transcript.result("ok")
    assert prompts(transcript) == []


def test_text_and_thinking_are_emitted() -> None:
    transcript = Transcript()
    transcript.assistant(
        {"type": "thinking", "thinking": "Where is the valve?", "signature": "…"},
        {"type": "thinking", "thinking": "", "signature": "…"},
        text_block("\n\n"),
        text_block("Found it."),
    )
    assert [(words.text, words.thinking, words.at) for words in transcript.of(AgentMessage)] == [
        ("Where is the valve?", True, at(0)),
        ("Found it.", False, at(0)),
    ]


def queued(transcript: Transcript, operation: str, content: str | None = None) -> None:
    transcript.line("queue-operation", operation=operation, content=content, uuid=None, cwd=None)


def attached(transcript: Transcript, prompt: str, **fields: object) -> None:
    attachment = {"type": "queued_command", "commandMode": "prompt", "prompt": prompt, **fields}
    transcript.line("attachment", attachment=attachment)


def test_queued_prompt_is_emitted_when_it_is_taken() -> None:
    transcript = Transcript()
    queued(transcript, "enqueue", "And the pump.")
    queued(transcript, "remove")
    assert [(prompt.text, prompt.at) for prompt in transcript.of(Prompt)] == [("And the pump.", at(1))]


def test_queued_prompt_with_its_own_line_is_emitted_once() -> None:
    transcript = Transcript()
    queued(transcript, "enqueue", "And the pump.")
    queued(transcript, "dequeue")
    transcript.user("And the pump.")
    queued(transcript, "remove")
    assert prompts(transcript) == ["And the pump."]


def test_own_line_removes_a_prompt_from_the_queue() -> None:
    transcript = Transcript()
    queued(transcript, "enqueue", "And the pump.")
    transcript.user("And the pump.")
    queued(transcript, "enqueue", "And the gauge.")
    queued(transcript, "remove")
    assert prompts(transcript) == ["And the pump.", "And the gauge."]


def test_prompts_returned_to_the_person_are_not_emitted() -> None:
    transcript = Transcript()
    queued(transcript, "enqueue", "And the pump.")
    queued(transcript, "popAll")
    queued(transcript, "remove")
    assert prompts(transcript) == []


@pytest.mark.parametrize("attachment_first", [True, False])
def test_attachment_and_removal_are_one_prompt(attachment_first: bool) -> None:
    transcript = Transcript()
    queued(transcript, "enqueue", "And the pump.")
    if attachment_first:
        attached(transcript, "And the pump.")
    queued(transcript, "remove")
    if not attachment_first:
        attached(transcript, "And the pump.")
    assert prompts(transcript) == ["And the pump."]


def test_same_prompt_may_be_repeated() -> None:
    transcript = Transcript()
    for _ in range(2):
        queued(transcript, "enqueue", "Go on.")
        queued(transcript, "remove")
    assert prompts(transcript) == ["Go on.", "Go on."]


def test_queued_notifications_and_commands_are_not_prompts() -> None:
    transcript = Transcript()
    queued(transcript, "enqueue", transcript.notification("b1", "completed"))
    queued(transcript, "enqueue", "/mcp")
    queued(transcript, "remove")
    attached(transcript, "From a colleague.", origin={"kind": "peer"})
    assert prompts(transcript) == []


def test_prompt_that_is_answered_under_another_session_belongs_to_both() -> None:
    transcript = Transcript()
    transcript.user("Mend the fee.")
    transcript.assistant(text_block("It is mended."), sessionId="other")
    transcript.user("Thanks.", sessionId="other")
    transcript.assistant(text_block("Gladly."), sessionId="other")
    assert [(prompt.session.id, prompt.text, prompt.at) for prompt in transcript.of(Prompt)] == [
        (ID, "Mend the fee.", START_MS),
        ("other", "Mend the fee.", START_MS),
        ("other", "Thanks.", START_MS + 2 * SECOND),
    ]


def test_line_of_another_session_that_answers_no_prompt_repeats_none() -> None:
    transcript = Transcript()
    transcript.user("Mend the fee.")
    transcript.assistant(text_block("Elsewhere."), sessionId="other", parentUuid="somewhere-else")
    assert prompts(transcript) == ["Mend the fee."]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"met": False, "sentinel": True}, ["/goal The valve is shut"]),
        ({"met": True, "sentinel": True}, []),
        ({"met": True, "reason": "It is shut."}, []),
        ({"met": False, "reason": "It is open."}, []),
    ],
)
def test_goal_that_a_person_sets_is_a_prompt(status: Record, expected: list[str]) -> None:
    transcript = Transcript()
    goal = {"type": "goal_status", "condition": "The valve is shut", **status}
    transcript.line("attachment", attachment=goal)
    transcript.user("<command-name>/goal</command-name><command-args>The valve is shut</command-args>")
    assert prompts(transcript) == expected
