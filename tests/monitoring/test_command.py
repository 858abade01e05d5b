"""An agent's command run from a program: its result, usage and recording."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources.claude_builder import text_block
from tests.sources.claude_payloads import Printed
from tests.telemetry.support import of_type, read_events
from tui_monitor import record_log, run_with_telemetry, session
from tui_monitor.events import AgentStatus, AgentUpdate, LogLine
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.discovery.find import find_sessions
from tui_monitor.sources.discovery.registry import default_registry


@pytest.fixture
def claude(tmp_path: Path) -> list[str]:
    """Return a command that prints a short run of Claude Code."""
    run = Printed()
    run.init()
    run.assistant(text_block("Done."))
    run.result(0.25)
    output = tmp_path / "printed.jsonl"
    output.write_text("".join(json.dumps(record) + "\n" for record in run.records), encoding="utf-8")
    return ["cat", str(output)]


def python(code: str) -> list[str]:
    """Return a command that runs this Python code."""
    return [sys.executable, "-c", code]


def test_run_returns_result_and_usage(data: Path, stream: Path, claude: list[str]) -> None:
    result = run_with_telemetry(claude, "my-session-123", "custom-agent")
    assert (result.exit_code, result.errors, result.output) == (0, "", Path(claude[1]).read_text(encoding="utf-8"))
    assert result.usage is not None
    assert result.usage.amount.cost == 250_000_000_000
    assert result.usage.amount.cache_read == 15_000
    assert (result.session_id, result.agent_type) == ("my-session-123", "custom-agent")


def test_output_is_kept_as_a_private_recording(data: Path, stream: Path, claude: list[str]) -> None:
    result = run_with_telemetry(claude)
    assert result.recording is not None
    assert result.recording.parent == data / "recordings" / "claude-code"
    assert (result.recording.stat().st_mode & 0o777, data.joinpath("recordings").stat().st_mode & 0o777) == (
        0o600,
        0o700,
    )
    context = SearchContext(Path.home(), os.environ, Path.cwd())
    assert [each.path for each in find_sessions(default_registry().adapters, context)] == [result.recording]


def test_run_is_an_agent_of_its_session(data: Path, stream: Path) -> None:
    result = run_with_telemetry(python("import sys; sys.exit('no fuel')"), "my-session-123", "custom-agent")
    first, last = of_type(read_events(stream), AgentUpdate)
    assert {first.session.id, last.session.id} == {"my-session-123"}
    assert (first.agent, first.type, first.status) == (result.agent_id, "custom-agent", AgentStatus.RUNNING)
    assert (last.status, last.exit_code, last.error.strip()) == (AgentStatus.FAILED, 1, "no fuel")


def test_run_without_session_id_belongs_to_the_current_session(data: Path, stream: Path) -> None:
    with session("harbour"):
        assert run_with_telemetry(python("pass")).session_id == "harbour"
        record_log("back")
    assert {each.session.id for each in of_type(read_events(stream), LogLine)} == {"harbour"}


def test_output_of_unknown_format_has_no_usage(data: Path, stream: Path) -> None:
    result = run_with_telemetry(python("print(input())"), input="berth 4\n")
    assert (result.output, result.usage, result.recording) == ("berth 4\n", None, None)
    assert not [path for path in (data / "recordings").rglob("*") if path.is_file()]


def test_output_of_a_command_that_times_out_is_kept(data: Path, stream: Path, claude: list[str]) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run_with_telemetry(["sh", "-c", 'cat "$0"; exec sleep 60', claude[1]], timeout=1)
    assert len(list((data / "recordings" / "claude-code").iterdir())) == 1
    assert of_type(read_events(stream), AgentUpdate)[-1].status is AgentStatus.TERMINATED


def test_missing_command_raises(data: Path, stream: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_with_telemetry(["no-such-agent"])
    assert not [path for path in (data / "recordings").rglob("*") if path.is_file()]


def test_command_runs_without_a_writable_data_folder(data: Path, stream: Path, claude: list[str]) -> None:
    data.mkdir()
    (data / "recordings").write_text("in the way", encoding="utf-8")
    result = run_with_telemetry(claude)
    assert result.usage is not None
    assert (result.usage.amount.cache_read, result.recording) == (15_000, None)
