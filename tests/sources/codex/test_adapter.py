"""The Codex adapter: recognition, discovery, and resuming at any line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.codex_builder import CWD, PATH, THREAD, Rollout, read, read_resuming, usage
from tests.sources.hostile import UNHURRIED, check_all, some_broken
from tui_monitor.sources.base import Head, Record, SearchContext, UnknownRecord
from tui_monitor.sources.codex.adapter import Codex

PATCH = "*** Begin Patch\n*** Update File: a.py\n@@\n-1\n+2\n*** End Patch"
RUNS = "Wall time: 1.0000 seconds\nProcess running with session ID 7\nOutput:\nsome\n"
ENDED = "Wall time: 0.1 seconds\nProcess exited with code 0\nOutput:\nmore\n"


def full_rollout() -> Rollout:
    """Return a rollout with a line of each kind that has events."""
    rollout = Rollout(forked_from_id="0199dddd-0000-7000-8000-000000000004")
    rollout.meta("0199dddd-0000-7000-8000-000000000004").context().event("task_started", model_context_window=400_000)
    rollout.event("user_message", message="go").item("UserMessage", id="u", content=[{"type": "text", "text": "go"}])
    rollout.event("agent_reasoning", text="hmm").event("agent_message", message="well")
    rollout.call("exec_command", {"cmd": "make", "yield_time_ms": 100}, "call_a").answer(RUNS, "call_a")
    rollout.responds(usage(100, cached=50, output=10), times=2)
    rollout.call("write_stdin", {"session_id": 7}, "call_b").answer(RUNS, "call_b")
    rollout.custom("apply_patch", PATCH, "call_c").answer('{"output":"ok","metadata":{"exit_code":0}}', "call_c")
    rollout.call("write_stdin", {"session_id": 7}, "call_d").answer(ENDED, "call_d")
    rollout.line("response_item", {"type": "web_search_call", "action": {"type": "search", "query": "q"}})
    rollout.event("web_search_end", call_id="ws_1", query="q")
    rollout.responds(usage(10, output=1)).line("compacted", {"message": "m"}).event("context_compacted")
    limits = {"limit_id": "codex", "primary": {"used_percent": 1.5, "window_minutes": 300, "resets_at": 1}}
    rollout.count(rollout.sum, usage(0, total=70), rate_limits=limits)
    rollout.call("update_plan", {"plan": [{"step": "s", "status": "in_progress"}]}, "call_e").answer("ok", "call_e")
    rollout.call("spawn_agent", {"message": "look"}, "call_f").answer('{"agent_id":"child"}', "call_f")
    rollout.event("error", message="failed").event("task_complete", last_agent_message=None, duration_ms=5)
    rollout.event("turn_started").context("gpt-5.4", approval_policy="never")
    rollout.call("exec_command", {"cmd": "exit 3"}, "call_g").record("resp_a", usage(7, output=7))
    rollout.item("CommandExecution", id="call_g", command=["bash", "-lc", "exit 3"], exit_code=3, status="failed")
    rollout.answer(ENDED, "call_g").count(rollout.sum, usage(7, output=7))
    change = {"/w/a.py": {"type": "update", "unified_diff": "@@ -1 +1 @@\n-1\n+2\n", "move_path": None}}
    rollout.item("FileChange", id="call_h", changes=change, status="completed", started_at_ms=5, completed_at_ms=9)
    rollout.item("McpToolCall", id="call_i", server="s", tool="t", arguments={}, result={"content": [{"text": "x"}]})
    rollout.item("CollabAgentToolCall", id="call_j", tool="wait", agents_states={"child": {"completed": "ok"}})
    rollout.event("thread_settings_applied", thread_settings={"model": "gpt-5.4", "model_provider_id": "azure"})
    rollout.event("stream_error", message="Reconnecting... 1/5", codex_error_info={"x": {"http_status_code": 500}})
    return rollout.call("exec_command", {"cmd": "sleep"}, "call_k").event("turn_aborted", reason="interrupted")


EVERYTHING = full_rollout().records


def test_resuming_after_any_line_gives_the_same_events() -> None:
    assert read_resuming(EVERYTHING) == read(EVERYTHING)


@given(st.data())
@UNHURRIED
def test_resuming_gives_the_same_events_for_any_selection_of_lines(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(EVERYTHING), max_size=30))
    assert read_resuming([EVERYTHING[0], *chosen]) == read([EVERYTHING[0], *chosen])


@given(some_broken(EVERYTHING))
@UNHURRIED
def test_broken_line_does_not_affect_other_lines(lines: list[Record]) -> None:
    check_all(Codex().parser(PATH, ""), lines)


@pytest.mark.parametrize(
    "record",
    [
        {"type": "hologram", "payload": {}},
        {"type": "hologram"},
        {"type": "response_item", "payload": {"type": "hologram"}},
        {"type": "event_msg", "payload": {"type": "hologram"}},
        {"type": "event_msg", "payload": {"type": "item_completed", "item": {"type": "Hologram"}}},
    ],
)
def test_unknown_types_raise_unknown_record(record: Record) -> None:
    with pytest.raises(UnknownRecord, match=r"(?i)hologram"):
        read([record])


@pytest.mark.parametrize("kind", ["world_state", "inter_agent_communication"])
def test_ignored_types_have_no_events(kind: str) -> None:
    assert read([{"type": kind, "payload": None}]) == []
    assert read([{"type": "event_msg", "payload": {"type": "turn_diff"}, "timestamp": "2026-01-01T00:00:00Z"}]) == []


def head(*records: Record, raw: bytes = b"") -> Head:
    return Head(PATH, raw or b"\n".join(json.dumps(record).encode() for record in records), records)


@pytest.mark.parametrize(
    "beginning",
    [
        head(EVERYTHING[0]),
        head({"timestamp": "t", "type": "response_item", "payload": {"type": "message"}}),
        head({"type": "thread.started", "thread_id": THREAD}),
        head(raw=b'{"timestamp":"t","type":"session_meta","payload":{"id":"x","base_instructions":"very long'),
    ],
)
def test_rollouts_and_exec_outputs_are_recognised(beginning: Head) -> None:
    assert Codex().recognises(beginning)


@pytest.mark.parametrize(
    "beginning",
    [
        head({"type": "user", "sessionId": "s", "message": {}}),
        head({"type": "session_meta"}),
        head({"type": ["session_meta"], "payload": {}, "timestamp": "t"}),
        head({"type": "event_msg", "payload": "text", "timestamp": "t"}),
        head(raw=b""),
        head(raw=b"\x00\x01session"),
    ],
)
def test_other_files_are_not_recognised(beginning: Head) -> None:
    assert not Codex().recognises(beginning)


def test_sessions_and_archived_sessions_are_found_in_codex_home(tmp_path: Path) -> None:
    day = tmp_path / ".codex/sessions/2026/03/01"
    archive = tmp_path / ".codex/archived_sessions"
    for folder, name in ((day, "rollout-a.jsonl"), (archive, "rollout-b.jsonl"), (day, "notes.txt")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    here = SearchContext(tmp_path, {}, tmp_path)
    assert {path.name for path in Codex().session_paths(here)} == {"rollout-a.jsonl", "rollout-b.jsonl"}
    assert Codex().roots(here) == [tmp_path / ".codex/sessions", archive]


def test_codex_home_can_be_set_by_the_environment(tmp_path: Path) -> None:
    here = SearchContext(tmp_path, {"CODEX_HOME": str(tmp_path / "else")}, tmp_path)
    assert Codex().roots(here)[0] == tmp_path / "else/sessions"
    assert list(Codex().session_paths(here)) == []


@pytest.mark.parametrize(
    ("content", "cwd"),
    [
        (json.dumps(EVERYTHING[0]) + "\n{", CWD),
        ('{"type":"thread.started","thread_id":"t"}\n', None),
        ('{"payload": {"cwd": 5}}\n', None),
        ("[]\n", None),
        ("", None),
        ("\x00\xff", None),
    ],
)
def test_start_directory_is_read_from_the_first_line(tmp_path: Path, content: str, cwd: str | None) -> None:
    path = tmp_path / "rollout.jsonl"
    path.write_text(content, encoding="utf-8")
    assert Codex().start_directory(path) == cwd


def test_sub_agent_has_no_start_directory(tmp_path: Path) -> None:
    path = tmp_path / PATH.name
    spawn = {"subagent": {"thread_spawn": {"parent_thread_id": "0199bbbb-0000-7000-8000-000000000002"}}}
    path.write_text(json.dumps(Rollout(source=spawn).records[0]) + "\n", encoding="utf-8")
    assert Codex().start_directory(path) is None


def test_missing_file_has_no_start_directory(tmp_path: Path) -> None:
    assert Codex().start_directory(tmp_path / "gone.jsonl") is None


def test_file_is_read_through_the_adapter_interface(tmp_path: Path) -> None:
    path = tmp_path / PATH.name
    path.write_text("".join(f"{json.dumps(record)}\n" for record in EVERYTHING), encoding="utf-8")
    source = Codex().open(path)
    batch = source.read()
    source.close()
    assert batch is not None
    assert (batch.health.skipped, batch.health.unknown) == (0, 0)
    assert len(batch.events) == len(read(EVERYTHING))


def test_exec_output_is_superseded_by_its_rollout(tmp_path: Path) -> None:
    printed, other = tmp_path / "out.jsonl", tmp_path / "other.jsonl"
    printed.write_text(json.dumps({"type": "thread.started", "thread_id": THREAD}))
    other.write_text(json.dumps({"type": "thread.started", "thread_id": "someone else"}))
    renamed = tmp_path / "renamed.jsonl"
    renamed.write_text(json.dumps(Rollout().records[0]))
    missing = tmp_path / "gone.jsonl"
    for rollout in (tmp_path / PATH.name, renamed):
        assert list(Codex().superseded([printed, other, rollout, missing])) == [printed]
    assert list(Codex().superseded([printed, other])) == []
