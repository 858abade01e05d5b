"""What the output of a command tells."""

import pytest

from tui_monitor.live.outcome import finding, looks_failed


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
    assert finding("compiling\n410 tests, 0 failures\nRandomized with seed 1") == "410 tests, 0 failures"


def test_else_the_last_line_with_words() -> None:
    assert finding("first\nlast words\n\n----\n") == "last words"
    assert finding("") == ""
