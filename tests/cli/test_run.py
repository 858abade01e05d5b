"""``run``: input, output, exit status and signals of the command are its own, and its output is recorded."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources.claude_builder import text_block, tool_use
from tests.sources.claude_payloads import Printed
from tests.sources.opencode_builder import tokens as counts
from tests.sources.printed_builder import ended, gemini_run, opencode_step
from tui_monitor.cli import main
from tui_monitor.cli.recording import FIRST_LINE_LIMIT, RECOGNITION_LIMIT, OutputRecording
from tui_monitor.sources.base import Record, SearchContext
from tui_monitor.sources.discovery.find import find_sessions
from tui_monitor.sources.discovery.registry import default_registry

RUN = [sys.executable, "-c", "import sys; from tui_monitor.cli import main; sys.exit(main())", "run", "--"]


def stream() -> bytes:
    """Return the output of a short run of an agent."""
    run = Printed()
    run.init()
    run.assistant(tool_use("call_1", "Bash", command="make"))
    run.answer("built", {"stdout": "built"})
    run.assistant(text_block("Done."))
    run.result(0.25)
    return b"".join(json.dumps(record).encode() + b"\n" for record in run.records)


def python(code: str) -> list[str]:
    """Return a command that runs this Python code."""
    return [sys.executable, "-c", f"import os, signal, sys, time\n{code}"]


def run(*command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*RUN, *command], input=stdin, capture_output=True, timeout=60, check=False)


@pytest.mark.usefixtures("home")
def test_input_output_errors_and_status_pass_through_and_the_stream_is_recorded(data: Path) -> None:
    code = "sys.stdout.buffer.write(sys.stdin.buffer.read()); sys.stderr.write('hm\\n'); sys.exit(7)"
    process = run(*python(code), stdin=stream())
    assert (process.returncode, process.stdout, process.stderr) == (7, stream(), b"hm\n")
    [recording] = data.rglob("*.jsonl")
    assert recording.read_bytes() == stream()
    assert recording.parent == data / "recordings" / "claude-code"
    assert (recording.stat().st_mode & 0o777, recording.parent.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.usefixtures("home")
def test_recording_is_discovered_and_counted(data: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    source = data.parent / "printed.jsonl"
    source.write_bytes(stream())
    assert main(["run", "--", "cat", str(source)]) == 0
    assert capfdbinary.readouterr().out == stream()
    [session] = find_sessions(
        default_registry().adapters, SearchContext(data.parent / "home", {"TUI_MONITOR_DATA_DIR": str(data)}, data)
    )
    assert session.adapter.start_directory(session.path) == "/home/ada/engine"
    assert main(["stats", "--json"]) == 0
    totals = json.loads(capfdbinary.readouterr().out)["totals"]
    assert (totals["cost_usd"], totals["requests"], totals["tools"]) == (0.25, 2, 1)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("agent", "lines", "tokens"),
    [("gemini", gemini_run(ended(50, 5)), 55), ("opencode", [opencode_step(counts(50, 5))], 55)],
)
def test_output_of_other_agents_is_recorded_and_counted(
    data: Path, capfd: pytest.CaptureFixture[str], agent: str, lines: list[Record], tokens: int
) -> None:
    source = data.parent / "printed.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert main(["run", "--", "cat", str(source)]) == 0
    capfd.readouterr()
    assert [path.parent.name for path in data.rglob("*.jsonl")] == [agent]
    assert main(["stats", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["totals"]["total_tokens"] == tokens


@pytest.mark.usefixtures("home")
def test_options_after_the_command_are_the_commands(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "echo", "--json", "-h", "--"]) == 0
    assert capfd.readouterr().out == "--json -h --\n"


@pytest.mark.usefixtures("home")
@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_signal_that_kills_the_command_kills_the_runner(name: str) -> None:
    assert run(*python(f"os.kill(os.getpid(), signal.{name})")).returncode == -getattr(signal, name)


@pytest.mark.usefixtures("home")
@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGUSR1"])
def test_signal_is_forwarded_to_the_command(name: str) -> None:
    number = getattr(signal, name)
    code = (
        f"signal.signal(signal.{name}, lambda *_: sys.exit(42))\n"
        "sys.stdout.write('ready\\n')\n"
        "sys.stdout.flush()\n"
        "signal.pause()"
    )
    with subprocess.Popen([*RUN, *python(code)], stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
            process.send_signal(number)
            assert process.wait(60) == 42
        finally:
            process.kill()


@pytest.mark.usefixtures("home")
@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_closed_output_reaches_the_command() -> None:
    code = "signal.signal(signal.SIGPIPE, signal.SIG_DFL)\nwhile True: sys.stdout.write('x' * 9999 + '\\n')"
    with subprocess.Popen([*RUN, *python(code)], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            process.stdout.readline()
            process.stdout.close()
            assert process.wait(60) == -signal.SIGPIPE
        finally:
            process.kill()


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "status", "line"),
    [
        (["no-such-command"], 127, "no-such-command: command not found."),
        (["/"], 126, "/: permission denied."),
    ],
)
def test_command_that_cannot_be_run_is_one_line(
    words: list[str], status: int, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *words]) == status
    assert capfd.readouterr().err == f"tui-monitor: {line}\n"


@pytest.mark.parametrize("words", [[], ["--"]])
def test_usage_is_printed_without_a_command(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", *words]) == 2
    out, error = capfd.readouterr()
    assert out == ""
    assert error.startswith("Usage: tui-monitor run -- COMMAND")


@pytest.mark.usefixtures("home")
def test_broken_configuration_leaves_the_errors_to_the_command(config: Path) -> None:
    config.write_text("nothing = 1\n")
    assert run(*python("sys.stderr.write('hm\\n')")).stderr == b"hm\n"


def test_small_pieces_are_recorded_whole(tmp_path: Path) -> None:
    recording, output = OutputRecording(tmp_path), stream()
    for start in range(0, len(output), 100):
        recording.write(output[start : start + 100])
    recording.close()
    assert recording.path
    assert recording.path.read_bytes() == output
    assert recording.fault == ""


def test_output_of_unknown_format_is_not_recorded(tmp_path: Path) -> None:
    recording = OutputRecording(tmp_path)
    recording.write(b"words\n")
    recording.write(b"more words\n" * RECOGNITION_LIMIT)
    recording.write(stream())
    recording.close()
    assert recording.path is None
    assert recording.fault == "it prints no lines of a known format"
    assert list(tmp_path.iterdir()) == []


def test_endless_first_line_is_not_buffered(tmp_path: Path) -> None:
    recording = OutputRecording(tmp_path)
    for _ in range(4):
        recording.write(b"x" * (FIRST_LINE_LIMIT // 4))
    recording.write(b"\n" + stream())
    recording.close()
    assert recording.path is None
    assert recording.fault == "it prints no lines of a known format"


def test_recording_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("in the way")
    recording = OutputRecording(tmp_path)
    recording.write(stream())
    recording.write(stream())
    recording.close()
    assert recording.fault
