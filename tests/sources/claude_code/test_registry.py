"""The registry of live sessions."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.sources.processes.fake_table import FakeProcesses
from tui_monitor.events import Activity, ProcessScan, SessionKey
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.claude_code.adapter import ClaudeCode

SINCE = 1_796_045_804_612
ENTRY = {
    "pid": 734,
    "sessionId": "1e229233",
    "cwd": "/work/harbour",
    "startedAt": SINCE - 9000,
    "procStart": "144077",
    "version": "2.1.332",
    "kind": "interactive",
    "tmux": "0:@0.%3",
    "name": "harbour-02",
    "status": "busy",
    "statusUpdatedAt": SINCE,
}


@pytest.fixture
def table() -> FakeProcesses:
    table = FakeProcesses()
    table.add(734, "claude", started="144077", terminal="/dev/pts/3")
    return table


def scan(home: Path, table: FakeProcesses, **env: str) -> ProcessScan | None:
    return ClaudeCode().scan_processes(SearchContext(home, {"CLAUDE_CODE_TMPDIR": str(home)} | env, home), table)


def write(home: Path, name: str = "734.json", **fields: Any) -> Path:
    path = home / ".claude" / "sessions" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(ENTRY | fields))
    return path


def activity(home: Path, table: FakeProcesses) -> Activity | None:
    found = scan(home, table)
    assert found
    (process,) = found.processes
    return process.activity


def test_living_session_with_its_activity(tmp_path: Path, table: FakeProcesses) -> None:
    write(tmp_path, status="waiting", waitingFor="permission prompt")
    found = scan(tmp_path, table)
    assert found
    (process,) = found.processes
    assert process.session == SessionKey("claude-code", "1e229233")
    assert (process.activity, process.since, process.waits_for) == (Activity.WAITING, SINCE, "permission prompt")
    assert (process.cwd, process.pid, process.terminal, process.pane) == ("/work/harbour", 734, "/dev/pts/3", "%3")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("busy", Activity.BUSY),
        ("idle", Activity.IDLE),
        ("shell", Activity.BACKGROUND),
        ("dreaming", None),
        (None, None),
    ],
)
def test_activities(tmp_path: Path, table: FakeProcesses, status: str | None, expected: Activity | None) -> None:
    write(tmp_path, status=status)
    assert activity(tmp_path, table) is expected


def test_entry_of_a_dead_process_does_not_count(tmp_path: Path, table: FakeProcesses) -> None:
    write(tmp_path, "735.json", pid=735)
    write(tmp_path, procStart="99")  # its id was used again
    found = scan(tmp_path, table)
    assert found is not None
    assert found.processes == ()


@pytest.mark.parametrize(("namespace", "count"), [("pid:[1]", 0), ("pid:[2]", 1)])
def test_process_of_a_container_cannot_be_examined(
    tmp_path: Path, table: FakeProcesses, namespace: str, count: int
) -> None:
    write(tmp_path, "735.json", pid=735, pidDomain=f"linux:0123abcd:{namespace}")
    found = scan(tmp_path, table)
    assert found
    assert len(found.processes) == count


SESSION = SessionKey("claude-code", "s-1")


def test_scan_is_complete_for_versions_with_a_registry(tmp_path: Path, table: FakeProcesses) -> None:
    write(tmp_path)
    found = scan(tmp_path, table)
    assert found
    assert found.covers(SESSION, "2.1.332")
    assert not found.covers(SESSION, "2.1.39")
    assert not found.covers(SESSION, "")


def test_nothing_is_known_without_a_registry(tmp_path: Path, table: FakeProcesses) -> None:
    assert scan(tmp_path, table) is None


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"pid": "x"}', '{"pid": 734}', "\0" * 100])
def test_entry_that_is_half_written_is_left_out(tmp_path: Path, table: FakeProcesses, content: str) -> None:
    write(tmp_path).write_text(content)
    found = scan(tmp_path, table)
    assert found is not None
    assert found.processes == ()


def test_only_entries_are_opened(tmp_path: Path, table: FakeProcesses) -> None:
    folder = write(tmp_path).parent
    os.mkfifo(folder / "735.json")
    (folder / "734.0123abcd.key").write_text(json.dumps(ENTRY))
    found = scan(tmp_path, table)
    assert found
    assert len(found.processes) == 1


def test_running_command_has_a_file_for_its_output(tmp_path: Path, table: FakeProcesses) -> None:
    write(tmp_path)
    found = scan(tmp_path, table)
    assert found
    assert found.processes[0].output_at is None
    tasks = tmp_path / f"claude-{os.getuid()}" / "-work-harbour" / "1e229233" / "tasks"
    tasks.mkdir(parents=True)
    found = scan(tmp_path, table)
    assert found
    assert found.processes[0].output_at == 0
    (tasks / "b1.output").write_text("one\n")
    os.utime(tasks / "b1.output", (1_700_000_000, 1_700_000_000))
    (tasks / "a1.output").symlink_to(tmp_path / "agent.jsonl")
    found = scan(tmp_path, table)
    assert found
    assert found.processes[0].output_at == 1_700_000_000_000


def test_compaction_is_told_by_what_was_entered(tmp_path: Path, table: FakeProcesses) -> None:
    write(tmp_path)
    history = tmp_path / ".claude" / "history.jsonl"

    def enter(text: str, at: int, session: str = "1e229233") -> None:
        with history.open("a") as file:
            file.write(json.dumps({"display": text, "timestamp": at, "sessionId": session}) + "\n")

    enter("go on", SINCE - 60_000)
    assert activity(tmp_path, table) is Activity.BUSY
    enter("/compact keep names", SINCE - 30)
    enter("hello", SINCE, session="another")
    assert activity(tmp_path, table) is Activity.COMPACTING
    enter("go on", SINCE)
    assert activity(tmp_path, table) is Activity.BUSY
    enter("/compact", SINCE - 60_000)
    assert activity(tmp_path, table) is Activity.BUSY
