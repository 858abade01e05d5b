"""The adapters of Pi's format: recognition, discovery, resuming at any line, hostile lines.

The lines are made by the published description of the format, and like those of a real session of an early version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.hostile import UNHURRIED, check_all, some_broken
from tests.sources.pi_builder import AGENT_PATH, CWD, NAME, PATH, SESSION, PiSession, call, counts, read
from tests.sources.support import read_resuming
from tui_monitor.events import SessionKey, SourceRef
from tui_monitor.sources.base import Record, SearchContext, UnknownRecord
from tui_monitor.sources.discovery.registry import default_registry
from tui_monitor.sources.files.head import head_of
from tui_monitor.sources.pi.adapter import OhMyPi, OpenClaw, Pi


def full_session() -> PiSession:
    """Return a session with an entry of each kind that has events."""
    session = PiSession(parentSession=f"/x/2026-02-01T10-00-00-000Z_{SESSION[::-1]}.jsonl")
    session.message("system", "", sections={"preamble": "Mend."}, toolsAdded=[{"name": "read"}])
    session.asks("Mend the valve.").responds(
        {"type": "thinking", "thinking": "Hm"}, "Well", call("bash", command="make", timeout=5), stop="toolUse"
    )
    session.result("bash", "no rule\n\nCommand exited with code 2", is_error=True)
    session.responds(call("edit", "call_2", path="a.py"), usage=counts(1, 2, 3, 4, 0.5), stop="toolUse")
    session.result("edit", "done", "call_2", details={"patch": "--- a\n+++ a\n@@ -1 +1 @@\n-1\n+2\n"})
    session.responds(call("subagent", "call_3", task="look"), stop="toolUse")
    ran = {"agent": "scout", "task": "look", "exitCode": 0, "usage": counts(7, cost=0.1), "model": "m"}
    session.result("subagent", "seen", "call_3", details={"results": [ran]})
    session.responds(usage=counts(5), stop="error", errorMessage="overloaded")
    session.responds("Half", usage=counts(6), stop="aborted").responds("Done", usage=counts(60, 6))
    session.entry("compaction", tokensBefore=70, usage=counts(70, 7), firstKeptEntryId="e3")
    session.entry("branch_summary", fromId="e3", summary="-").entry("usage", kind="cache_warm", usage=counts(read=9))
    session.entry("session_info", name="Valves").entry("mode_change", mode="plan")
    session.entry("service_tier_change", serviceTier={"anthropic": "priority"}).responds("On", usage=counts(8))
    session.entry("reset_boundary").entry("custom", customType="tool_execution_start", data={"toolCallId": "call_1"})
    return session.entry("custom", customType="session_exit", data={"kind": "normal"}).entry("label", label="x")


EVERYTHING = full_session().records


def test_resuming_after_any_line_gives_the_same_events() -> None:
    assert read_resuming(Pi(), EVERYTHING, PATH) == read(EVERYTHING)


@given(st.data())
@UNHURRIED
def test_resuming_gives_the_same_events_for_any_selection_of_lines(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(EVERYTHING), max_size=30))
    assert read_resuming(Pi(), chosen, PATH) == read(chosen)


@given(some_broken(EVERYTHING))
@UNHURRIED
def test_broken_line_does_not_affect_other_lines(records: list[Record]) -> None:
    check_all(Pi().parser(PATH, ""), records)


@pytest.mark.parametrize("record", [{}, {"type": "hologram"}, {"type": "message", "message": {"role": "hologram"}}])
def test_unknown_records_raise_unknown_record(record: Record) -> None:
    with pytest.raises(UnknownRecord):
        read([EVERYTHING[0], record])


def test_state_is_bounded() -> None:
    session = PiSession()
    for number in range(600):
        session.responds(call("write", f"call_{number}", path="a.py", content="x" * 500), stop="toolUse")
    parser = Pi().parser(PATH, "")
    for record in session.records:
        list(parser.parse(record, SourceRef("f", 0, 1)))
    assert len(parser.state()) < 16_384


def lines(*records: Record) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


TITLE = {"type": "title", "title": "Valves"}


@pytest.mark.parametrize(
    ("path", "records", "name"),
    [
        (PATH, EVERYTHING, "pi"),
        (Path("/elsewhere/x.jsonl"), EVERYTHING, "pi"),
        (PATH, [TITLE, *EVERYTHING], "omp"),
        (Path("/home/ada/.omp/agent/sessions/-engine") / NAME, EVERYTHING, "omp"),
        (Path("/home/ada/.openclaw/agents/main/sessions/s.jsonl"), EVERYTHING, "openclaw"),
    ],
)
def test_agent_is_recognised_by_the_header_and_the_place(path: Path, records: list[Record], name: str) -> None:
    assert default_registry().recognise_head(head_of(path, lines(*records))).name == name


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\x01", lines({"type": "session"}), lines({"type": "session", "id": 1}), lines(TITLE)]
)
def test_other_files_are_not_recognised(raw: bytes) -> None:
    head = head_of(PATH, raw)
    assert not Pi().recognises(head)
    assert not OpenClaw().recognises(head)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with a session of Pi that has a sub-agent's file, and one of OpenClaw."""
    sessions = tmp_path / ".pi/agent/sessions/--engine--"
    (sessions / Path(NAME).stem).mkdir(parents=True)
    (sessions / NAME).write_bytes(lines(*EVERYTHING))
    (sessions / Path(NAME).stem / AGENT_PATH.name).write_bytes(lines(*EVERYTHING))
    (tmp_path / ".openclaw/agents/main/sessions").mkdir(parents=True)
    (tmp_path / ".openclaw/agents/main/sessions/s.jsonl").write_bytes(lines(*EVERYTHING))
    return tmp_path


def test_sessions_are_found_in_the_folders_of_projects(home: Path) -> None:
    here = SearchContext(home, {}, home)
    [path] = Pi().session_paths(here)
    assert path.name == NAME
    assert Pi().roots(here) == [home / ".pi/agent/sessions"]
    assert OhMyPi().roots(here) == [home / ".omp/agent/sessions"]
    assert [path.name for path in OpenClaw().session_paths(here)] == ["s.jsonl"]


def test_folders_can_be_set_by_the_environment(tmp_path: Path) -> None:
    (tmp_path / "flat" / Path(NAME).stem).mkdir(parents=True)
    (tmp_path / "flat" / NAME).write_bytes(lines(*EVERYTHING))
    (tmp_path / "flat" / Path(NAME).stem / "agent.jsonl").write_bytes(lines(*EVERYTHING))
    env = {"PI_CODING_AGENT_SESSION_DIR": str(tmp_path / "flat"), "PI_CODING_AGENT_DIR": str(tmp_path / "pi")}
    here = SearchContext(tmp_path, env, tmp_path)
    assert Pi().roots(here) == [tmp_path / "flat", tmp_path / "pi/sessions"]
    assert list(Pi().session_paths(here)) == [tmp_path / "flat" / NAME]
    assert OpenClaw().roots(SearchContext(tmp_path, {"OPENCLAW_STATE_DIR": "/claw"}, tmp_path)) == [
        Path("/claw/agents")
    ]


def test_files_of_sub_agents_are_related_to_the_session(home: Path) -> None:
    path = home / ".pi/agent/sessions/--engine--" / NAME
    assert list(Pi().related_files(path)) == [path.with_suffix("") / AGENT_PATH.name]


def test_start_directory_is_that_of_the_header(home: Path, tmp_path: Path) -> None:
    assert Pi().start_directory(home / ".pi/agent/sessions/--engine--" / NAME) == CWD
    assert Pi().start_directory(tmp_path / "missing.jsonl") is None


def test_sessions_of_the_family_are_of_their_own_agents() -> None:
    [first, *_] = read(EVERYTHING, adapter=OhMyPi())
    assert first.session == SessionKey("omp", SESSION)
