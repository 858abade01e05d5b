"""The outcome of a command by its output."""

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
        "lib/tides.ex:3: unused\nHalting VM with exit status 2",
        "make: *** [Makefile:3: check] Error 2",
        "error: could not compile `tides` (lib) due to 2 previous errors",
        "src/tides.ts(3,1): error TS2304: Cannot find name 'x'.",
        "npm error code ELIFECYCLE",
        "the hook exited with code 1",
    ],
)
def test_failures_behind_a_pipe_are_suspected(output: str) -> None:
    assert looks_failed(output)


@pytest.mark.parametrize(
    "output",
    [
        "",
        "410 tests, 0 failures",
        "ok",
        "TestFailoverWorks passed",
        "logs ERROR lines: fine",
        "an exit code 1 means no",
    ],
)
def test_success_is_not_suspected(output: str) -> None:
    assert not looks_failed(output)


def test_summary_line_is_the_test_summary() -> None:
    assert summary_line("compiling\n410 tests, 0 failures\nRandomized with seed 1") == "410 tests, 0 failures"


def test_summary_line_is_else_the_last_line_with_words() -> None:
    assert summary_line("first\nlast words\n\n----\n") == "last words"
    assert summary_line("") == ""


def test_summary_line_is_the_reason_of_a_failure() -> None:
    assert summary_line("pushing\nfatal: no upstream branch\nTo push, use\n    push --set-upstream") == (
        "fatal: no upstream branch"
    )


def test_first_line_that_speaks_of_a_failure_says_more_than_the_last() -> None:
    output = "checking\nlib/tides.ex:3: error: undefined name\nlib/a.ex: error: x\nFix these issues before committing."
    assert summary_line(output, has_failed=True) == "lib/tides.ex:3: error: undefined name"
    assert summary_line("validation failed:\nlib/a.ex: error: x\ndone", has_failed=True) == "lib/a.ex: error: x"
    assert summary_line("there were no failures\ndone", has_failed=True) == "done"
    assert summary_line("no error here\ndone") == "done"


def test_exit_status_is_no_reason() -> None:
    assert summary_line("Error: Exit code 128\nfatal: not a repository") == "fatal: not a repository"


def test_escaped_line_breaks_are_line_breaks() -> None:
    output = "tides.py is not formatted\n\n[Output truncated: showing 3 of 67 lines]\\n\\nFix this before committing."
    assert summary_line(output) == "Fix this before committing."


def test_path_with_backslashes_is_no_line_break() -> None:
    assert summary_line(r"cannot open C:\new\notes.txt") == r"cannot open C:\new\notes.txt"
