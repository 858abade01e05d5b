"""`run`: the child's input, output, exit status and signals are its own, and what it prints is recorded."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources.claude_builder import said, tool_use
from tests.sources.claude_payloads import Printed
from tui_monitor.cli import main
from tui_monitor.cli.recording import FROM_LINES, LONGEST_FIRST, Recording
from tui_monitor.sources.base import SearchContext
from tui_monitor.sources.discovery.find import find_sessions
from tui_monitor.sources.discovery.registry import default_registry

RUN = [sys.executable, "-c", "import sys; from tui_monitor.cli import main; sys.exit(main())", "run", "--"]


def printed() -> bytes:
    """What a short run of an agent prints."""
    run = Printed()
    run.init()
    run.assistant(tool_use("call_1", "Bash", command="make"))
    run.answer("built", {"stdout": "built"})
    run.assistant(said("Done."))
    run.result(0.25)
    return b"".join(json.dumps(record).encode() + b"\n" for record in run.records)


def child(code: str) -> list[str]:
    """A command that runs this Python code."""
    return [sys.executable, "-c", f"import os, signal, sys, time\n{code}"]


def run(*command: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*RUN, *command], input=given, capture_output=True, timeout=60, check=False)


@pytest.mark.usefixtures("home")
def test_input_output_errors_and_status_pass_through_and_the_stream_is_recorded(data: Path) -> None:
    code = "sys.stdout.buffer.write(sys.stdin.buffer.read()); sys.stderr.write('hm\\n'); sys.exit(7)"
    done = run(*child(code), given=printed())
    assert (done.returncode, done.stdout, done.stderr) == (7, printed(), b"hm\n")
    [recording] = data.rglob("*.jsonl")
    assert recording.read_bytes() == printed()
    assert recording.parent == data / "recordings" / "claude-code"
    assert (recording.stat().st_mode & 0o777, recording.parent.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.usefixtures("home")
def test_a_recording_is_found_and_counted(data: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    source = data.parent / "printed.jsonl"
    source.write_bytes(printed())
    assert main(["run", "--", "cat", str(source)]) == 0
    assert capfdbinary.readouterr().out == printed()
    [found] = find_sessions(
        default_registry().adapters, SearchContext(data.parent / "home", {"TUI_MONITOR_DATA_DIR": str(data)}, data)
    )
    assert found.adapter.start_directory(found.path) == "/home/ada/engine"
    assert main(["stats", "--json"]) == 0
    totals = json.loads(capfdbinary.readouterr().out)["totals"]
    assert (totals["cost_usd"], totals["requests"], totals["tools"]) == (0.25, 2, 1)


@pytest.mark.usefixtures("home")
def test_options_after_the_command_are_the_commands(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "echo", "--json", "-h", "--"]) == 0
    assert capfd.readouterr().out == "--json -h --\n"


@pytest.mark.usefixtures("home")
@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_a_signal_that_kills_the_child_kills_us(name: str) -> None:
    assert run(*child(f"os.kill(os.getpid(), signal.{name})")).returncode == -getattr(signal, name)


@pytest.mark.usefixtures("home")
@pytest.mark.skipif(os.name == "nt", reason="needs signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGUSR1"])
def test_a_signal_that_is_sent_to_us_reaches_the_child(name: str) -> None:
    number = getattr(signal, name)
    code = (
        f"signal.signal(signal.{name}, lambda *_: sys.exit(42))\n"
        "sys.stdout.write('ready\\n')\n"
        "sys.stdout.flush()\n"
        "signal.pause()"
    )
    with subprocess.Popen([*RUN, *child(code)], stdout=subprocess.PIPE, start_new_session=True) as running:
        assert running.stdout
        assert running.stdout.readline() == b"ready\n"
        running.send_signal(number)
        assert running.wait(60) == 42


@pytest.mark.usefixtures("home")
@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_when_nobody_reads_on_the_child_learns_it() -> None:
    code = "signal.signal(signal.SIGPIPE, signal.SIG_DFL)\nwhile True: sys.stdout.write('x' * 9999 + '\\n')"
    with subprocess.Popen([*RUN, *child(code)], stdout=subprocess.PIPE) as running:
        assert running.stdout
        running.stdout.readline()
        running.stdout.close()
        assert running.wait(60) == -signal.SIGPIPE


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "status", "line"),
    [
        (["no-such-command"], 127, "no-such-command: command not found."),
        (["/"], 126, "/: permission denied."),
        (["--"], 2, "run needs a command: tui-monitor run -- COMMAND…"),
    ],
)
def test_a_command_that_cannot_be_run_is_one_line(
    words: list[str], status: int, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *words]) == status
    assert capfd.readouterr().err == f"tui-monitor: {line}\n"


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_without_a_command_it_says_how(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", *words]) == (0 if words else 2)
    assert "tui-monitor run -- claude -p" in capfd.readouterr().out


def test_what_comes_in_small_pieces_is_recorded_whole(tmp_path: Path) -> None:
    recording, stream = Recording(tmp_path), printed()
    for start in range(0, len(stream), 100):
        recording.hear(stream[start : start + 100])
    recording.close()
    assert recording.path
    assert recording.path.read_bytes() == stream
    assert recording.trouble == ""


def test_what_is_of_no_known_format_is_not_kept(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    recording.hear(b"words\n")
    recording.hear(b"more words\n" * FROM_LINES)
    recording.hear(printed())
    recording.close()
    assert recording.path is None
    assert recording.trouble == "it prints no lines of a known format"
    assert list(tmp_path.iterdir()) == []


def test_a_first_line_that_does_not_end_is_not_held_for_ever(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    for _ in range(4):
        recording.hear(b"x" * (LONGEST_FIRST // 4))
    recording.hear(b"\n" + printed())
    recording.close()
    assert recording.path is None
    assert recording.trouble == "it prints no lines of a known format"


def test_a_recording_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("in the way")
    recording = Recording(tmp_path)
    recording.hear(printed())
    recording.hear(printed())
    recording.close()
    assert recording.trouble
