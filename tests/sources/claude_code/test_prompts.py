from __future__ import annotations

import pytest

from tests.sources.claude_builder import Transcript, at, said
from tui_monitor.events import AgentMessage, Prompt
from tui_monitor.sources.base import Record


def prompts(transcript: Transcript) -> list[str]:
    return [prompt.text for prompt in transcript.of(Prompt)]


@pytest.mark.parametrize("content", ["Oil the valve.", [said("Oil the valve.")]])
def test_what_a_person_says_is_a_prompt(content: str | list[Record]) -> None:
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
def test_what_the_program_writes_is_no_prompt(content: str) -> None:
    transcript = Transcript()
    transcript.user(content)
    assert prompts(transcript) == []


@pytest.mark.parametrize("flag", ["isMeta", "isCompactSummary", "isVisibleInTranscriptOnly"])
def test_what_is_flagged_as_the_programs_is_no_prompt(flag: str) -> None:
    transcript = Transcript()
    transcript.user("This session is being continued.", **{flag: True})
    assert prompts(transcript) == []


def test_only_people_give_prompts() -> None:
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
def test_a_slash_command_is_shown_as_it_was_typed(content: str, prompt: str) -> None:
    transcript = Transcript()
    transcript.user(content)
    assert prompts(transcript) == [prompt]


def test_pictures_are_named_and_what_an_editor_adds_is_left_out() -> None:
    transcript = Transcript()
    opened = said("<ide_opened_file>The user opened /e/a.py.</ide_opened_file>")
    transcript.user([opened, {"type": "image", "source": {}}, said("What is this?")])
    assert prompts(transcript) == ["[image]\nWhat is this?"]


def test_results_are_no_prompts() -> None:
    transcript = Transcript()
    transcript.calls("Bash", command="make")
    transcript.result("ok")
    assert prompts(transcript) == []


def test_the_agents_words_and_thoughts_are_told() -> None:
    transcript = Transcript()
    transcript.assistant(
        {"type": "thinking", "thinking": "Where is the valve?", "signature": "…"},
        {"type": "thinking", "thinking": "", "signature": "…"},
        said("\n\n"),
        said("Found it."),
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


def test_a_prompt_taken_during_a_turn_is_told_when_it_is_taken() -> None:
    transcript = Transcript()
    queued(transcript, "enqueue", "And the pump.")
    queued(transcript, "remove")
    assert [(prompt.text, prompt.at) for prompt in transcript.of(Prompt)] == [("And the pump.", at(1))]


def test_a_prompt_that_gets_a_line_of_its_own_is_told_by_it() -> None:
    transcript = Transcript()
    queued(transcript, "enqueue", "And the pump.")
    queued(transcript, "dequeue")
    transcript.user("And the pump.")
    queued(transcript, "remove")
    assert prompts(transcript) == ["And the pump."]


def test_a_line_of_its_own_takes_a_prompt_out_of_the_queue() -> None:
    transcript = Transcript()
    queued(transcript, "enqueue", "And the pump.")
    transcript.user("And the pump.")
    queued(transcript, "enqueue", "And the gauge.")
    queued(transcript, "remove")
    assert prompts(transcript) == ["And the pump.", "And the gauge."]


def test_prompts_that_go_back_to_the_person_are_not_told() -> None:
    transcript = Transcript()
    queued(transcript, "enqueue", "And the pump.")
    queued(transcript, "popAll")
    queued(transcript, "remove")
    assert prompts(transcript) == []


@pytest.mark.parametrize("attachment_first", [True, False])
def test_an_attachment_and_a_removal_tell_one_prompt(attachment_first: bool) -> None:
    transcript = Transcript()
    queued(transcript, "enqueue", "And the pump.")
    if attachment_first:
        attached(transcript, "And the pump.")
    queued(transcript, "remove")
    if not attachment_first:
        attached(transcript, "And the pump.")
    assert prompts(transcript) == ["And the pump."]


def test_the_same_prompt_may_be_given_again() -> None:
    transcript = Transcript()
    for _ in range(2):
        queued(transcript, "enqueue", "Go on.")
        queued(transcript, "remove")
    assert prompts(transcript) == ["Go on.", "Go on."]


def test_notifications_and_commands_that_wait_are_no_prompts() -> None:
    transcript = Transcript()
    queued(transcript, "enqueue", transcript.notification("b1", "completed"))
    queued(transcript, "enqueue", "/mcp")
    queued(transcript, "remove")
    attached(transcript, "From a colleague.", origin={"kind": "peer"})
    assert prompts(transcript) == []
