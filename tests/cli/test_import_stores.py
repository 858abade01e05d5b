"""``import`` takes over the stores of other programs, torn ones too, and counts each record once."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tui_monitor.cli import main

AT = 1_772_359_200_000
BEGIN = AT // 1000
EXECUTIONS = [
    {
        "id": number,
        "tool_name": name,
        "input": {"command": "make test"},
        "output": "exit_code=0, output_len=3",
        "success": success,
        "error": None if success is not False else "exit 2",
        "started_at": AT + number * 1000,
        "duration_ms": 500,
        "files_affected": files,
        "tokens": None,
        "session_id": None,
        "model": None,
        "parent_id": None,
    }
    for number, name, success, files in (
        (1, "bash", True, []),
        (2, "bash", False, []),
        (3, "confirm_edit", True, [{"path": "valve.py", "change_type": "modify", "before": "a\n", "after": "b\nc\n"}]),
    )
]
CODETETHER = {
    "executions": EXECUTIONS,
    "stats": {"total_executions": 7, "total_input_tokens": 900, "total_output_tokens": 100, "files_modified": {}},
    "last_updated": AT + 9000,
}
CLAUDE_FLOW = {
    "sessions": {},
    "totals": {"input": 500, "output": 60, "total": 560},
    "byAgent": {"coder": {"input": 500, "output": 60, "total": 560, "count": 3}},
    "byCommand": {},
    "history": [
        {
            "timestamp": AT + number,
            "sessionId": "swarm-1",
            "agentType": "coder",
            "command": "sparc",
            "inputTokens": 100,
            "outputTokens": 10,
            "metadata": {},
        }
        for number in (0, 0, 5)
    ],
}


@pytest.fixture(autouse=True)
def _machine(home: Path) -> None:
    pass


def imported(capsys: pytest.CaptureFixture[str], path: Path) -> str:
    assert main(["import", str(path)]) == 0
    return capsys.readouterr().out


def totals(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["stats", "--json"]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    found: dict[str, Any] = result["totals"]
    return found | {"sessions": sorted(session["id"] for session in result["sessions"])}


def document(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "store.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
    return path


def radium(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            f"""
            CREATE TABLE agents (id TEXT PRIMARY KEY, parent_id TEXT, plan_id TEXT, agent_type TEXT NOT NULL,
                status TEXT NOT NULL, start_time INTEGER NOT NULL, end_time INTEGER, exit_code INTEGER);
            CREATE TABLE telemetry (id INTEGER PRIMARY KEY AUTOINCREMENT, agent_id TEXT, timestamp INTEGER,
                model TEXT, provider TEXT, output_tokens INTEGER, input_tokens INTEGER, total_tokens INTEGER,
                estimated_cost REAL, tool_name TEXT, tool_args TEXT, tool_approved BOOLEAN, tool_approval_type TEXT);
            CREATE TABLE cost_events (agent_id TEXT, estimated_cost REAL);
            INSERT INTO agents VALUES ('root', NULL, 'REQ-1', 'architect', 'completed', {BEGIN}, {BEGIN + 60}, 0);
            INSERT INTO agents VALUES ('child', 'root', 'REQ-1', 'tester', 'failed', {BEGIN}, {BEGIN + 30}, 1);
            INSERT INTO telemetry (agent_id, timestamp, model, provider, input_tokens, output_tokens, total_tokens,
                estimated_cost) VALUES ('root', {BEGIN}, 'gpt-4o', 'openai', 1000, 500, 1500, 0.0075);
            INSERT INTO telemetry (agent_id, timestamp, model, provider, input_tokens, output_tokens, total_tokens,
                estimated_cost) VALUES ('child', {BEGIN + 1}, 'gpt-4o', 'openai', 10, 5, 15, 0.000075);
            INSERT INTO telemetry (agent_id, timestamp, input_tokens, output_tokens, total_tokens, tool_name, tool_args,
                tool_approved, tool_approval_type)
                VALUES ('child', {BEGIN + 2}, 0, 0, 0, 'bash', '["ls"]', 1, 'user');
            INSERT INTO cost_events VALUES ('root', 0.0075);
            """
        )
    return path


class TestCodeTether:
    def test_executions_and_sums_become_a_session(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        out = imported(capsys, document(tmp_path, CODETETHER))
        assert "4 new records of codetether, 0 imported before" in out
        assert "4 earlier executions are not in the file" in out
        found = totals(capsys)
        assert (found["tools"], found["tools_failed"], found["files_changed"]) == (3, 1, 1)
        assert (found["lines_added"], found["lines_removed"]) == (2, 1)
        assert (found["input_tokens"], found["output_tokens"]) == (900, 100)
        assert found["sessions"] == ["codetether"]

    def test_second_import_adds_nothing(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = document(tmp_path, CODETETHER)
        imported(capsys, path)
        before = totals(capsys)
        copy = path.rename(tmp_path / "elsewhere.json")
        assert "0 new records of codetether, 4 imported before" in imported(capsys, copy)
        assert totals(capsys) == before

    def test_torn_file_gives_what_is_before_the_tear(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        text = json.dumps(CODETETHER, indent=2)
        out = imported(capsys, document(tmp_path, text[: text.index('"id": 3') + 200]))
        assert "the file is torn: what follows 2 executions is lost" in out
        assert totals(capsys)["tools"] == 2

    @pytest.mark.parametrize("value", [10**30, -(10**30), float("nan"), "\ud800", {"a": [10**30]}])
    @pytest.mark.parametrize("name", ["started_at", "duration_ms", "tokens", "parent_id", "files_affected"])
    def test_absurd_value_costs_at_most_its_record(
        self, name: str, value: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        store = {**CODETETHER, "executions": [EXECUTIONS[0], EXECUTIONS[1] | {name: value}]}
        assert "3 new records of codetether" in imported(capsys, document(tmp_path, store))
        found = totals(capsys)
        assert found["tools"] in (1, 2)
        assert (found["input_tokens"], found["output_tokens"]) == (900, 100)


class TestClaudeFlow:
    def test_uses_and_the_rest_of_the_sums_are_counted(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = imported(capsys, document(tmp_path, CLAUDE_FLOW))
        assert "4 new records of claude-flow" in out
        found = totals(capsys)
        assert (found["input_tokens"], found["output_tokens"], found["requests"]) == (500, 60, 4)
        assert found["sessions"] == ["claude-flow", "swarm-1"]
        assert found["unpriced_requests"] == 4

    def test_equal_uses_count_each_and_only_once(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = document(tmp_path, CLAUDE_FLOW)
        imported(capsys, path)
        assert "0 new records" in imported(capsys, path)
        assert totals(capsys)["requests"] == 4


class TestRadium:
    def test_agents_and_telemetry_become_sessions(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "5 new records of radium" in imported(capsys, radium(tmp_path / "monitoring.db"))
        found = totals(capsys)
        assert (found["input_tokens"], found["output_tokens"], found["requests"], found["tools"]) == (1010, 505, 2, 1)
        assert found["cost_usd"] == pytest.approx(0.007575)
        assert found["sessions"] == ["root"]

    def test_second_import_adds_nothing(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = radium(tmp_path / "monitoring.db")
        imported(capsys, path)
        assert "0 new records of radium, 5 imported before" in imported(capsys, path)
        assert totals(capsys)["requests"] == 2

    def test_own_store_is_not_imported(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["stats", "--json"]) == 3
        capsys.readouterr()
        assert main(["import", str(data / "monitoring.db")]) == 3
        assert "needs no import" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "text"),
    [("", "no store of a known program"), ("[1]", "no store"), ("nonsense", "no store"), ("SQLite format 3\0", "")],
)
def test_other_files_are_one_line(tmp_path: Path, content: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(document(tmp_path, content))]) == 3
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert text in error


def test_other_database_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE agents (name TEXT)")
        connection.commit()
    assert main(["import", str(tmp_path / "other.db")]) == 3
    assert "no known program" in capsys.readouterr().err


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    assert main(["import", str(bad), str(document(tmp_path, CODETETHER))]) == 0
    out, error = capsys.readouterr()
    assert "4 new records" in out
    assert error.count("\n") == 1


def test_without_paths_it_says_what_to_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import"]) == 2
    assert "token-usage.json" in capsys.readouterr().err
