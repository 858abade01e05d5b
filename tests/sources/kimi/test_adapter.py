"""The adapter of Kimi: recognition, discovery, resuming at any record, hostile records.

The records are made by the published source of both programs."""

from __future__ import annotations

import json
from hashlib import md5
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import UNHURRIED, check_all, some_broken
from tests.sources.kimi_builder import (
    NEWER_AGENT_PATH,
    NEWER_PATH,
    OLDER_AGENT_PATH,
    OLDER_PATH,
    SESSION,
    NewerLog,
    OlderLog,
    read,
)
from tests.sources.support import read_resuming
from tui_monitor.events import SourceRef
from tui_monitor.sources.base import Record, SearchContext, UnknownRecord
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files.head import head_of
from tui_monitor.sources.kimi.adapter import Kimi


def older_log() -> OlderLog:
    """Return a log of Kimi CLI with a message of each kind that is read."""
    log = OlderLog().asks("Mend the valve.").message("ContentPart", type="think", think="Hm").says("Well")
    log.calls("Shell", command="make", timeout=5)
    log.message("ApprovalRequest", id="r", tool_call_id="call_1", action="run", description="Build")
    log.message("ApprovalResponse", request_id="r", response="approve")
    log.result("no rule", is_error=True, message="Command failed with exit code: 2.")
    shown = {"type": "diff", "path": "a.py", "old_text": "1\n2", "new_text": "1\n3", "old_start": 4, "new_start": 4}
    log.calls("StrReplaceFile", "call_2", path="a.py").result("", "call_2", display=[shown])
    log.calls("SetTodoList", "call_3", todos=[{"title": "a", "status": "in_progress"}]).result("", "call_3")
    log.message("QuestionRequest", id="q", tool_call_id="call_4", questions=[{"question": "Which?"}])
    log.calls("AskUserQuestion", "call_4").result("this", "call_4")
    nested = {"type": "TurnBegin", "payload": {"user_input": "Look."}}
    log.message("SubagentEvent", parent_tool_call_id="call_5", agent_id="a1", subagent_type="coder", event=nested)
    log.message("SubagentEvent", task_tool_call_id="call_6", event=nested)
    log.message("StepRetry", n=1, next_attempt=2, max_attempts=3, wait_s=0.5, error_type="E", status_code=429)
    log.spends(10, 2, 3, 4, message_id="m", context_tokens=19, max_context_tokens=100)
    log.message("CompactionBegin").message("CompactionEnd").message("BtwEnd", id="b").message("StepInterrupted")
    return log.message("StepBegin", n=2).message("TurnEnd")


def newer_log() -> NewerLog:
    """Return a log of Kimi Code with a record of each kind that is read."""
    log = NewerLog().asks("Mend the valve.").event("content.part", part={"type": "think", "think": "Hm"}).says("Well")
    log.calls("Bash", command="make", timeout=5)
    log.record("interaction.request", id="r", kind="approval", toolCallId="call_1", request={"action": "run"})
    log.record("interaction.resolved", id="r", response={}).result("bad, exit code 2", isError=True, durationMs=7)
    log.calls("Edit", "call_2", path="a.py", old_string="1", new_string="2").result("ok", "call_2")
    log.record("subagent.spawned", subagentId="a1", subagentName="coder", parentToolCallId="call_3")
    log.record("subagent.completed", subagentId="a1", resultSummary="-").spends(10, 2, 3, 4)
    log.record("turn.step.retrying", nextAttempt=2, maxAttempts=3, delayMs=500, errorName="E", statusCode=429)
    log.record("full_compaction.begin", source="auto").record("llm.request", kind="compaction", model="m")
    log.record("usage.record", model="m", usage={"inputOther": 5, "output": 1})
    log.record("context.apply_compaction", tokensBefore=90, tokensAfter=9).record("context.clear")
    log.record("permission.set_mode", mode="yolo").record("turn.steer", input="On", origin={"kind": "user"})
    return log.record("turn.ended", turnId=1, reason="failed", error={"message": "bad"}, durationMs=9)


OLDER, NEWER = older_log().records, newer_log().records
EVERYTHING = [*OLDER, *NEWER]
BOTH = pytest.mark.parametrize(("records", "path"), [(OLDER, OLDER_PATH), (NEWER, NEWER_PATH)], ids=["older", "newer"])


@BOTH
def test_resuming_after_any_record_gives_the_same_events(records: list[Record], path: Path) -> None:
    assert read_resuming(Kimi(), records, path) == read(records, path)


@given(st.data())
@UNHURRIED
def test_resuming_gives_the_same_events_for_any_selection_of_records(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(EVERYTHING), max_size=30))
    assert read_resuming(Kimi(), chosen, NEWER_PATH) == read(chosen)


@given(some_broken(EVERYTHING))
@UNHURRIED
def test_broken_record_does_not_affect_other_records(records: list[Record]) -> None:
    check_all(Kimi().parser(NEWER_PATH, ""), records)


@pytest.mark.parametrize(
    "record", [{}, {"type": "hologram"}, {"timestamp": 1.0, "message": {"type": "Hologram", "payload": {}}}]
)
def test_unknown_records_raise_unknown_record(record: Record) -> None:
    with pytest.raises(UnknownRecord):
        read([NEWER[0], record])


def test_state_is_bounded() -> None:
    log = NewerLog()
    for number in range(600):
        log.calls("Write", f"call_{number}", path="a.py", content="x" * 500)
    parser = Kimi().parser(NEWER_PATH, "")
    for record in log.records:
        list(parser.parse(record, SourceRef("f", 0, 1)))
    assert len(parser.state()) < 32_768


def lines(*records: Record) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


@pytest.mark.parametrize("records", [OLDER, NEWER, OLDER[1:], NEWER[1:]])
def test_log_is_recognised_with_and_without_its_header(records: list[Record]) -> None:
    assert default_registry().recognise_head(head_of(NEWER_PATH, lines(*records))).name == "kimi-code"


@pytest.mark.parametrize(
    "record", [{}, {"type": "metadata"}, {"timestamp": 1, "message": "x"}, {"type": "turn.prompt"}]
)
def test_other_files_are_not_recognised(record: Record) -> None:
    assert not Kimi().recognises(head_of(NEWER_PATH, lines(record)))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with a session of each program, and a sub-agent of each."""
    project = md5(b"/home/ada/engine", usedforsecurity=False).hexdigest()
    older, newer = tmp_path / ".kimi/sessions" / project / SESSION, tmp_path / ".kimi-code/sessions/wd" / SESSION
    for folder in (older, older / "subagents/a1", newer / "agents/main", newer / "agents/a1"):
        folder.mkdir(parents=True)
        (folder / "wire.jsonl").write_bytes(lines(*(OLDER if ".kimi" in folder.parts else NEWER)))
    (tmp_path / ".kimi/kimi.json").write_text('{"work_dirs": [{"path": "/home/ada/engine"}]}', encoding="utf-8")
    (newer / "state.json").write_text('{"workDir": "/home/ada/boat", "title": "Valves"}', encoding="utf-8")
    return tmp_path


def logs(home: Path) -> dict[str, Path]:
    return {path.parts[-4]: path for path in Kimi().session_paths(SearchContext(home, {}, home))}


def test_sessions_of_both_programs_are_found(home: Path) -> None:
    assert {path.relative_to(home).parts[0] for path in logs(home).values()} == {".kimi", ".kimi-code"}
    assert len(logs(home)) == 2
    here = SearchContext(home, {"KIMI_SHARE_DIR": "/old", "KIMI_CODE_HOME": "/new"}, home)
    assert Kimi().roots(here) == [Path("/new/sessions"), Path("/old/sessions")]


def test_logs_of_sub_agents_are_related_to_the_session(home: Path) -> None:
    for path in logs(home).values():
        [agent] = Kimi().related_files(path)
        assert agent.parent.name == "a1"
        assert list(Kimi().related_files(agent)) == []


def test_start_directory_is_in_the_state_or_named_by_its_hash(home: Path) -> None:
    folders = {Kimi().start_directory(path) for path in logs(home).values()}
    assert folders == {"/home/ada/engine", "/home/ada/boat"}
    assert Kimi().start_directory(NEWER_PATH) is None


def test_folder_of_a_session_is_named_after_it() -> None:
    assert {Kimi().session_named(path) for path in (OLDER_PATH, NEWER_PATH)} == {SESSION}
    assert {Kimi().session_named(path) for path in (OLDER_AGENT_PATH, NEWER_AGENT_PATH)} == {""}
