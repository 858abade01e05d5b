"""What the output of a command tells."""

import pytest

from tui_monitor.merge.outcome import looks_failed, summary_line


@pytest.mark.parametrize(
    "output",
    [
        "--- FAIL: TestParse (0.00s)",
        "FAIL\tpkg/parse 0.1s",
        "x.go:1: oops\n[build failed]",
        "3 failed, 2 passed in 1s",
        "1 error",
    ],
)
def test_failures_behind_a_pipe_are_suspected(output: str) -> None:
    assert looks_failed(output)


@pytest.mark.parametrize(
    "output", ["", "410 tests, 0 failures", "ok", "TestFailoverWorks passed", "logs ERROR lines: fine"]
)
def test_success_is_not_suspected(output: str) -> None:
    assert not looks_failed(output)


def test_a_test_summary_is_the_finding() -> None:
    assert summary_line("compiling\n410 tests, 0 failures\nRandomized with seed 1") == "410 tests, 0 failures"


def test_else_the_last_line_with_words() -> None:
    assert summary_line("first\nlast words\n\n----\n") == "last words"
    assert summary_line("") == ""


def test_before_that_the_reason_that_is_given() -> None:
    assert summary_line("pushing\nfatal: no upstream branch\nTo push, use\n    push --set-upstream") == (
        "fatal: no upstream branch"
    )


def test_an_exit_status_is_no_reason() -> None:
    assert summary_line("Error: Exit code 128\nfatal: not a repository") == "fatal: not a repository"


def test_breaks_that_a_hook_left_escaped_are_breaks() -> None:
    told = "tides.py is not formatted\n\n[Output truncated: showing 3 of 67 lines]\\n\\nFix this before committing."
    assert summary_line(told) == "Fix this before committing."


def test_a_path_with_backslashes_is_no_break() -> None:
    assert summary_line(r"cannot open C:\new\notes.txt") == r"cannot open C:\new\notes.txt"
