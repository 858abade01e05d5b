from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.claude_builder import ID, PATH, Transcript, read, ref, text_block, tool_use
from tui_monitor.events import Event, Usage
from tui_monitor.sources.base import Record, UnknownRecord, UnreadableRecord
from tui_monitor.sources.claude_code.transcript import TranscriptParser

Step = Callable[[Transcript, str], object]

STEPS: Sequence[Step] = (
    lambda t, call: t.user("Oil the valve."),
    lambda t, call: t.user("Look at it.", isSidechain=True, parentUuid=None),
    lambda t, call: t.assistant(text_block("Hm."), isSidechain=True),
    lambda t, call: t.assistant(text_block("Done."), stop="end_turn"),
    lambda t, call: t.calls("Edit", call, file_path="/e/a.py", old_string="a", new_string="b"),
    lambda t, call: t.calls("Task", call, description="Look", subagent_type="Explore", prompt="Look at it."),
    lambda t, call: t.calls("TodoWrite", call, todos=[{"content": "Oil", "status": "in_progress"}]),
    lambda t, call: t.calls("TaskOutput", call, task_id="b1"),
    lambda t, call: t.calls("TaskCreate", call, subject="Oil"),
    lambda t, call: t.calls("TaskUpdate", call, taskId="1", status="completed"),
    lambda t, call: t.result("done", call=call),
    lambda t, call: t.result("done", {"task": {"id": "1", "subject": "Oil"}}, call),
    lambda t, call: t.result("Seen.", {"agentId": "a0b1", "totalDurationMs": 3}, call),
    lambda t, call: t.result("…", {"backgroundTaskId": "b1"}, call),
    lambda t, call: t.result("Exit code 1\nno", "Error", call, error=True),
    lambda t, call: t.progress(call, type="agent_progress", agentId="a0b1"),
    lambda t, call: t.user(t.notification("b1", "completed")),
    lambda t, call: t.bare("queue-operation", operation="enqueue", content=f"Go on with {call}."),
    lambda t, call: t.bare("queue-operation", operation="remove"),
    lambda t, call: t.line("attachment", attachment={"type": "queued_command", "prompt": f"Go on with {call}."}),
    lambda t, call: t.bare("summary", summary="Oiling", leafUuid="00000003-0000-4000-8000-00000000main"),
    lambda t, call: t.bare("ai-title", aiTitle=f"Oiling {call}"),
    lambda t, call: t.user("go", sessionId="99999999-2222-4333-8444-555555555555"),
    lambda t, call: t.system("compact_boundary", compactMetadata={"postTokens": 700}),
    lambda t, call: t.system("microcompact_boundary", microcompactMetadata={"tokensSaved": 70}),
    lambda t, call: t.system("turn_duration", durationMs=5),
)

steps = st.tuples(st.sampled_from(STEPS), st.sampled_from(["call_1", "call_2", "call_3"]))


def transcript_of(steps: Sequence[tuple[Step, str]]) -> Transcript:
    transcript = Transcript()
    for step, call in steps:
        step(transcript, call)
    return transcript


@given(st.lists(steps, max_size=30), st.sets(st.integers(0, 29)))
def test_resuming_from_any_state_gives_the_same_events(steps: list[tuple[Step, str]], cuts: set[int]) -> None:
    transcript = transcript_of(steps)
    parser = transcript.parser()
    events: list[Event] = []
    for index, record in enumerate(transcript.records):
        if index in cuts:
            parser = transcript.parser(parser.state())
        events += parser.parse(record, ref(index))
    assert events == transcript.events()


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "text", "tool_use", "tool_result", "thinking", "completed", "<task-notification>", ID]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "id"]), inner),
    max_leaves=5,
)


def paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return all paths in a JSON value but the root."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in items for place in ((*path, key), *paths(inner, (*path, key)))]


def spoilt(record: Record, path: tuple[str | int, ...], value: object) -> Record:
    """Return the record with another value at one path."""
    copy: Record = json.loads(json.dumps(record))
    target = copy
    for key in path[:-1]:
        target = target[key]  # type: ignore[index]
    target[path[-1]] = value  # type: ignore[index]
    return copy


@given(st.lists(steps, min_size=1, max_size=8), st.data())
def test_values_of_a_wrong_type_are_harmless(steps: list[tuple[Step, str]], data: st.DataObject) -> None:
    transcript = transcript_of(steps)
    parser = transcript.parser()
    for index, record in enumerate(transcript.records):
        place = data.draw(st.sampled_from(paths(record)))
        try:
            parser.parse(spoilt(record, place, data.draw(json_values)), ref(index))
        except (UnknownRecord, UnreadableRecord):
            continue
    assert transcript.parser(parser.state()).state() == parser.state()


@pytest.mark.parametrize(
    "record",
    [
        {"type": "tea", "sessionId": ID},
        {"type": "system", "subtype": "tea", "sessionId": ID},
        {"type": 7},
        {},
    ],
)
def test_unknown_line_type_is_named(record: Record) -> None:
    with pytest.raises(UnknownRecord, match=r"tea|no type"):
        TranscriptParser(PATH, "").parse(record, ref(0))


@pytest.mark.parametrize("kind", ["assistant", "user"])
def test_line_without_its_message_is_unreadable(kind: str) -> None:
    with pytest.raises(UnreadableRecord, match="without a message"):
        TranscriptParser(PATH, "").parse({"type": kind, "sessionId": ID, "message": "hm"}, ref(0))


def test_unreadable_line_does_not_change_the_state() -> None:
    transcript = Transcript()
    transcript.assistant(text_block("one"))
    parser = transcript.parser()
    state = parser.state()
    with pytest.raises(UnknownRecord):
        parser.parse({"type": "tea", "sessionId": "other", "timestamp": "2030-01-01T00:00:00Z"}, ref(0))
    assert parser.state() == state


def test_usage_is_counted_for_any_content() -> None:
    transcript = Transcript()
    for content in (None, "words", 7, {"type": "text"}, [None, "words", {"type": None}]):
        transcript.assistant()["message"]["content"] = content
    assert len(transcript.of(Usage)) == 5


@pytest.mark.parametrize(
    "kind", ["file-history-snapshot", "last-prompt", "mode", "pr-link", "worktree-state", "permission-mode"]
)
def test_ignored_line_types_are_known(kind: str) -> None:
    transcript = Transcript()
    transcript.user("go")
    transcript.bare(kind, sessionId=ID)
    assert len(read(transcript.parser(), transcript.records)) == len(read(transcript.parser(), transcript.records[:1]))


def test_parser_state_stays_small() -> None:
    transcript = Transcript()
    for number in range(1500):
        transcript.assistant(tool_use(f"call_{number}", "Read", file_path="/e/a.py"), requestId=f"req_{number}")
        if number % 2:
            transcript.result("1\ta", call=f"call_{number}")
        transcript.bare("queue-operation", operation="enqueue", content="Go on.")
    parser = transcript.parser()
    read(parser, transcript.records)
    assert len(parser.state()) < 64_000
