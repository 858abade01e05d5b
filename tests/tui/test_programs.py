"""Programs beside the screen: their output, their failures, and that nothing waits for them."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tui_monitor.tui import programs
from tui_monitor.tui.programs import MAX_RUNNING, ProgramError, ProgramRunner, output_of

PYTHON = sys.executable


def failures(runner: ProgramRunner) -> list[str]:
    """Return the failures once all programs have ended."""
    found: list[str] = []
    until = time.monotonic() + 30
    while runner._running and time.monotonic() < until:
        found += runner.failures()
        time.sleep(0.02)
    return found


def test_output_is_returned() -> None:
    assert output_of([PYTHON, "-c", "print('%1 /dev/pts/1')"]).strip() == "%1 /dev/pts/1"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["/no/such\x1b[31m/program"], "/no/such/program cannot be started: No such file or directory."),
        ([PYTHON, "-c", "exit(3)"], "ended with status 3."),
        ([PYTHON, "-c", "import os; os.kill(os.getpid(), 9)"], "was ended by signal 9."),
        ([PYTHON, "a\0b"], "cannot be started: it has a null character."),
    ],
)
def test_failure_is_a_sentence(command: list[str], reason: str) -> None:
    with pytest.raises(ProgramError) as error:
        output_of(command)
    assert str(error.value).endswith(reason)


def test_program_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "ANSWER_S", 0.1)
    with pytest.raises(ProgramError, match="does not answer"):
        output_of([PYTHON, "-c", "import time; time.sleep(60)"])


def test_started_program_has_its_arguments_and_variables_and_no_terminal(tmp_path: Path) -> None:
    record = tmp_path / "record"
    code = "import os, sys; print(sys.argv[2:], os.environ['TEXT'], sys.stdin.read(), file=open(sys.argv[1], 'w'))"
    runner = ProgramRunner()
    runner.start([PYTHON, "-c", code, str(record), "$(id)", "; ls"], {"TEXT": "`id`"})
    assert failures(runner) == []
    assert record.read_text() == "['$(id)', '; ls'] `id` \n"


def test_failures_of_started_programs_are_reported_once() -> None:
    runner = ProgramRunner()
    runner.start([PYTHON, "-c", "exit(2)"], {})
    (failure,) = failures(runner)
    assert failure.endswith("ended with status 2.")
    assert runner.failures() == []
    with pytest.raises(ProgramError, match="cannot be started"):
        runner.start(["/no/such/program"], {})


def test_number_of_running_programs_is_bounded() -> None:
    runner = ProgramRunner()
    for _ in range(MAX_RUNNING + 3):
        runner.start([PYTHON, "-c", "import sys; sys.exit()"], {})
        assert len(runner._running) <= MAX_RUNNING
    assert failures(runner) == []
