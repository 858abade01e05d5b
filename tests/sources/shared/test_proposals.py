"""What calls ask for: questions, plans, prompts and changes that are not made yet, for each agent that tells."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sources import stream_builder
from tests.sources.claude_builder import Transcript, tool_use
from tests.sources.codex_builder import Rollout
from tests.sources.codex_builder import events_of as codex_events
from tests.sources.gemini_builder import call as gemini_call
from tests.sources.opencode.conftest import sessions as sessions  # a fixture
from tests.sources.opencode_builder import Sessions
from tests.sources.opencode_builder import events_of as opencode_events
from tests.sources.stream_builder import MILLIS, only
from tui_monitor.events import (
    CallFinished,
    CallStarted,
    Change,
    ChangeKind,
    Choice,
    Proposal,
    Question,
    Reply,
    ToolKind,
)
from tui_monitor.sources.base import Record
from tui_monitor.sources.gemini.tools import proposed_changes
from tui_monitor.sources.shared.proposals import answers_by_question, answers_in_order, proposal_of

BERTH: Record = {
    "question": "Which berth?",
    "header": "Berth",
    "options": [{"label": "North", "description": "Deep water"}, {"label": "South"}],
    "multiSelect": True,
}
_BERTHS = (Choice("North", "Deep water"), Choice("South"))
ASKED = Proposal((Question("Which berth?", "Which berth?", "Berth", _BERTHS, multiple=True),))
WHY = Proposal((Question("Why?", "Why?", "", (Choice("Because"),)),))
EDIT = {"file_path": "/w/quay.py", "old_string": "deep = 3\n", "new_string": "deep = 4\nwide = 9\n"}


def claude(name: str, **arguments: Any) -> CallStarted:
    transcript = Transcript()
    transcript.assistant(tool_use("call_1", name, **arguments))
    return transcript.one(CallStarted)


def changes_of(call: CallStarted) -> tuple[Change, ...]:
    assert call.proposal is not None
    return tuple(call.proposal.changes)


@pytest.mark.parametrize(
    ("kind", "arguments", "proposal"),
    [
        (ToolKind.ASK, {"questions": [BERTH]}, ASKED),
        (ToolKind.ASK, {"question": "Why?", "options": ["Because", 3]}, WHY),
        (ToolKind.ASK, {"questions": [{"id": "q1", "question": "How?"}]}, Proposal((Question("q1", "How?"),))),
        (ToolKind.ASK, {"questions": "none"}, None),
        (ToolKind.PLAN, {"plan": "# Build a quay"}, Proposal(plan="# Build a quay")),
        (ToolKind.PLAN, {}, None),
        (ToolKind.AGENT, {"prompt": "Look for ships"}, Proposal(prompt="Look for ships")),
        (ToolKind.SHELL, {"command": "ls"}, None),
    ],
)
def test_arguments_say_what_is_asked_for(kind: ToolKind, arguments: Record, proposal: Proposal | None) -> None:
    assert proposal_of(kind, arguments) == proposal


def test_claude_codes_edit_proposes_its_passages() -> None:
    [change] = changes_of(claude("Edit", **EDIT))
    assert (change.kind, change.path, change.added, change.removed) == (ChangeKind.MODIFY, "/w/quay.py", 2, 1)
    assert change.diff.endswith("-deep = 3\n+deep = 4\n+wide = 9")


def test_claude_codes_multiple_edit_proposes_each_passage() -> None:
    edits = [{"old_string": "a\n", "new_string": "b\n"}, {"old_string": "c\n", "new_string": "d\n"}]
    [change] = changes_of(claude("MultiEdit", file_path="/w/a", edits=edits))
    assert (change.added, change.removed) == (2, 2)


def test_claude_codes_written_file_and_notebook_cell_are_proposed() -> None:
    [written] = changes_of(claude("Write", file_path="/w/new.py", content="x = 1\ny = 2\n"))
    assert (written.path, written.added, written.removed) == ("/w/new.py", 2, 0)
    [cell] = changes_of(claude("NotebookEdit", notebook_path="/w/n.ipynb", new_source="x = 1"))
    assert (cell.path, cell.added) == ("/w/n.ipynb", 1)


def test_claude_codes_question_and_plan_are_proposed_and_answered() -> None:
    transcript = Transcript()
    transcript.assistant(tool_use("call_1", "AskUserQuestion", questions=[BERTH]))
    transcript.result("User has answered", {"questions": [BERTH], "answers": {"Which berth?": "North, South"}})
    assert transcript.one(CallStarted).proposal == ASKED
    assert transcript.one(CallFinished).answers == (Reply("Which berth?", ("North, South",)),)
    assert claude("ExitPlanMode", plan="1. Dig").proposal == Proposal(plan="1. Dig")


def test_codex_patch_is_proposed_and_its_question_answered() -> None:
    patch = "*** Begin Patch\n*** Update File: quay.py\n@@\n-a\n+b\n+c\n*** End Patch"
    rollout = Rollout().context().call("apply_patch", {"input": patch})
    [change] = changes_of(codex_events(rollout, CallStarted)[0])
    assert (change.added, change.removed) == (2, 1)
    asking = Rollout().context().call("request_user_input", {"questions": [{"id": "q1", "question": "How?"}]})
    asking.answer('{"answers":{"q1":{"answers":["Slowly"]}}}')
    assert codex_events(asking, CallStarted)[0].proposal == Proposal((Question("q1", "How?"),))
    assert codex_events(asking, CallFinished)[0].answers == (Reply("q1", ("Slowly",)),)


def test_geminis_replacement_and_file_are_proposed() -> None:
    [edit] = proposed_changes("replace", EDIT)
    assert (edit.added, edit.removed) == (2, 1)
    [written] = proposed_changes("write_file", {"file_path": "/w/a", "content": "x\n"})
    assert (written.path, written.added) == ("/w/a", 1)
    assert proposed_changes("read_file", gemini_call("read_file", {"file_path": "/w/a"})["args"]) == ()


def test_opencodes_question_edit_and_patch_are_proposed(sessions: Sessions) -> None:
    edit = {"filePath": "/w/a", "oldString": "a\n", "newString": "b\n"}
    patch = "*** Begin Patch\n*** Add File: b.py\n+x\n*** End Patch"
    message = sessions.message("assistant")
    sessions.tool(message, "edit", {"status": "running", "input": edit})
    sessions.tool(message, "apply_patch", {"status": "running", "input": {"patchText": patch}})
    sessions.tool(message, "apply_patch", {"status": "running", "input": {"patchText": "no patch"}})
    sessions.tool(
        message,
        "question",
        {"status": "completed", "input": {"questions": [BERTH]}, "output": "", "metadata": {"answers": [["North"]]}},
    )
    edited, patched, broken, asked = opencode_events(sessions, CallStarted)
    assert [(change.added, change.removed) for change in (*changes_of(edited), *changes_of(patched))] == [
        (1, 1),
        (1, 0),
    ]
    assert broken.proposal is None
    assert asked.proposal == ASKED
    assert opencode_events(sessions, CallFinished)[-1].answers == (Reply("Which berth?", ("North",)),)


@pytest.mark.parametrize(
    ("arguments", "more", "counts"),
    [
        ({"path": "/w/a", "old_string": "a\n", "new_string": "b\nc\n"}, {}, (2, 1)),
        ({"path": "/w/a", "content": "x\n"}, {}, (1, 0)),
        ({"path": "/w/a", "patch": "@@ -1,1 +1,2 @@\n-a\n+b\n+c\n"}, {}, (2, 1)),
        ({"path": "/w/a"}, {"files_affected": [{"path": "/w/a", "before": "a\n", "after": "b\n"}]}, (1, 1)),
    ],
)
def test_streams_started_edit_proposes_what_it_will_affect(
    arguments: Record, more: Record, counts: tuple[int, int]
) -> None:
    begun = stream_builder.line("tool_start", id="t1", tool_name="edit", input=arguments, started_at=MILLIS, **more)
    [change] = changes_of(only(stream_builder.read(begun), CallStarted)[0])
    assert (change.path, change.added, change.removed) == ("/w/a", *counts)


def test_streams_call_that_is_over_proposes_nothing() -> None:
    done = stream_builder.execution(tool_name="edit", input={"path": "/w/a", "content": "x"})
    assert only(stream_builder.read(done), CallStarted)[0].proposal is None


def test_streams_questions_are_asked_by_any_tool() -> None:
    begun = stream_builder.line("tool_start", id="t1", tool_name="ask", input={"questions": [BERTH]}, started_at=MILLIS)
    assert only(stream_builder.read(begun), CallStarted)[0].proposal == ASKED


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (
            {"a": "x", "b": ["y", "z"], "c": {"answers": ["v"]}, "d": 3},
            [("a", ("x",)), ("b", ("y", "z")), ("c", ("v",))],
        ),
        ("x", []),
        (None, []),
    ],
)
def test_answers_are_read_by_question(answers: object, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert answers_by_question(answers) == tuple(Reply(*answer) for answer in expected)


def test_answers_in_a_list_belong_to_the_questions_in_order() -> None:
    arguments = {"questions": [{"question": "A?"}, {"question": "B?"}, {"question": "C?"}]}
    assert answers_in_order([["x"], [], ["y"]], arguments) == (
        Reply("A?", ("x",)),
        Reply("C?", ("y",)),
    )
    assert answers_in_order(None, arguments) == ()
