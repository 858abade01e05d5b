"""The adapter of Qwen Code: recognition, discovery, resuming at any line, hostile lines.

The lines are made by the published source of the program's recorder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import UNHURRIED, check_all, some_broken
from tests.sources.qwen_builder import AGENT, AGENT_PATH, CWD, PATH, SESSION, QwenChat, call, counts, read
from tests.sources.support import read_resuming
from tui_monitor.events import SourceRef
from tui_monitor.sources.base import Record, SearchContext, UnknownRecord
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files.head import head_of
from tui_monitor.sources.gemini.qwen.adapter import Qwen


def full_chat() -> QwenChat:
    """Return a chat with a line of each kind that has events."""
    chat = QwenChat().asks("Mend the valve.")
    chat.event("api_response", input_token_count=100, output_token_count=10, total_token_count=110, duration_ms=900)
    thought = {"text": "Hm", "thought": True}
    chat.responds(thought, "Well", call("edit", file_path="/w/a"), usage=counts(100, 10))
    chat.event("tool_call", call_id="call_1", decision="accept", status="success", duration_ms=5, function_name="edit")
    shown = {"fileDiff": "@@ -1 +1 @@\n-1\n+2\n", "fileName": "a", "originalContent": "1\n"}
    chat.result("edit", {"output": "done"}, resultDisplay=shown)
    chat.responds(
        call("todo_write", "call_2", todos=[{"content": "a", "status": "in_progress"}]), usage=counts(7, 1, 3)
    )
    chat.result("todo_write", {"error": "no"}, "call_2", status="error", resultDisplay="no")
    asked = {"prompt_id": f"{SESSION}#{AGENT}#0", "subagent_name": "scout"}
    chat.event("api_response", input_token_count=9, output_token_count=1, total_token_count=10, model="m", **asked)
    chat.event("api_error", error_message="overloaded", status_code=529)
    chat.system("chat_compression", info={"originalTokenCount": 90, "newTokenCount": 9})
    chat.system("custom_title", customTitle="Valves").system("rewind", truncatedCount=1).system("slash_command", x=1)
    chat.asks("On", forkedFrom={"sessionId": "parent", "messageUuid": "u"}).responds("Done", usage=counts(8, 1))
    return chat.system("turn_result", state="error", error={"message": "bad"})


EVERYTHING = full_chat().records


def test_resuming_after_any_line_gives_the_same_events() -> None:
    assert read_resuming(Qwen(), EVERYTHING, PATH) == read(EVERYTHING)


@given(st.data())
@UNHURRIED
def test_resuming_gives_the_same_events_for_any_selection_of_lines(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(EVERYTHING), max_size=30))
    assert read_resuming(Qwen(), chosen, PATH) == read(chosen)


@given(some_broken(EVERYTHING))
@UNHURRIED
def test_broken_line_does_not_affect_other_lines(records: list[Record]) -> None:
    check_all(Qwen().parser(PATH, ""), records)


@pytest.mark.parametrize("record", [{}, {"type": "hologram"}, QwenChat().system("hologram").records[0]])
def test_unknown_records_raise_unknown_record(record: Record) -> None:
    with pytest.raises(UnknownRecord):
        read([EVERYTHING[0], record])


def test_state_is_bounded() -> None:
    chat = QwenChat()
    for number in range(600):
        chat.responds(call("write_file", f"call_{number}", file_path="/a", content="x" * 500))
    parser = Qwen().parser(PATH, "")
    for record in chat.records:
        list(parser.parse(record, SourceRef("f", 0, 1)))
    assert len(parser.state()) < 32_768


def lines(*records: Record) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


@pytest.mark.parametrize("first", [EVERYTHING[0], EVERYTHING[1], QwenChat().system("session_source", x=1).records[0]])
def test_chat_is_recognised_by_any_first_line(first: Record) -> None:
    assert default_registry().recognise_head(head_of(PATH, lines(first))).name == "qwen"


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"type": "user", "sessionId": "s", "uuid": "u", "parentUuid": None, "message": {"role": "user", "content": ""}},
        {"type": "gemini", "message": {"parts": []}},
    ],
)
def test_other_files_are_not_recognised(record: Record) -> None:
    assert not Qwen().recognises(head_of(PATH, lines(record)))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with a chat, and a sub-agent's."""
    project = tmp_path / ".qwen/projects/-home-ada-engine"
    (project / "chats").mkdir(parents=True)
    (project / "subagents" / SESSION).mkdir(parents=True)
    (project / "chats" / PATH.name).write_bytes(lines(*EVERYTHING))
    agent = project / "subagents" / SESSION / AGENT_PATH.name
    agent.write_bytes(lines(*QwenChat().asks("Look.").records))
    agent.with_suffix(".meta.json").write_text('{"agentType": "scout"}', encoding="utf-8")
    return tmp_path


def test_chats_are_found_in_the_folders_of_projects(home: Path) -> None:
    here = SearchContext(home, {}, home)
    assert [path.name for path in Qwen().session_paths(here)] == [PATH.name]
    assert Qwen().roots(here) == [home / ".qwen/projects"]
    assert Qwen().roots(SearchContext(home, {"QWEN_HOME": "/q"}, home)) == [Path("/q/projects")]


def test_files_of_sub_agents_are_related_to_the_session(home: Path) -> None:
    project = home / ".qwen/projects/-home-ada-engine"
    agent = project / "subagents" / SESSION / AGENT_PATH.name
    assert list(Qwen().related_files(project / "chats" / PATH.name)) == [agent]
    assert list(Qwen().related_files(agent)) == []
    assert Qwen().is_sidecar(agent.with_suffix(".meta.json"))
    assert not Qwen().is_sidecar(agent)


def test_start_directory_is_that_of_the_first_line(home: Path) -> None:
    assert Qwen().start_directory(home / ".qwen/projects/-home-ada-engine/chats" / PATH.name) == CWD
    assert Qwen().start_directory(home / "missing.jsonl") is None


def test_name_of_a_chat_is_its_session() -> None:
    assert (Qwen().session_named(PATH), Qwen().session_named(AGENT_PATH)) == (SESSION, "")
