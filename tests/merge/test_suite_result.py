"""Results of test suites, by the output of each runner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.merge.suite_result import RUNNERS, SuiteResult, suite_result

OUTPUTS: dict[str, list[tuple[str, tuple[int, int]]]] = {
    "pytest": [
        ("....\n===== 410 passed, 2 skipped in 8.31s =====", (410, 0)),
        ("=== short test summary info ===\n1 failed, 3 passed, 2 errors in 0.42s", (3, 3)),
        ("== 3 passed, 1 warning in 61.20s (0:01:01) ==", (3, 0)),
    ],
    "cargo test": [
        ("test result: ok. 12 passed; 0 failed; 1 ignored\n\ntest result: FAILED. 2 passed; 3 failed; 0 ig", (14, 3)),
    ],
    "go test": [
        ("ok  \tgithub.com/a/b\t0.31s\nok  \tgithub.com/a/c\t(cached)", (2, 0)),
        ("--- FAIL: TestX (0.00s)\nFAIL\tgithub.com/a/b\t0.31s\nok  \ta/c\t1.2s\nFAIL\ta/d [build failed]", (1, 2)),
    ],
    "vitest, jest": [
        ("Test Suites: 1 failed, 2 total\nTests:       1 failed, 11 passed, 12 total\nTime: 2 s", (11, 1)),
        (" Test Files  1 passed (1)\n      Tests  2 failed | 10 passed (12)\n   Duration  1s", (10, 2)),
        ("Tests:       5 passed, 5 total", (5, 0)),
    ],
    "mix, rspec, minitest": [
        ("Finished in 8.1 seconds\n410 tests, 0 failures", (410, 0)),
        ("3 doctests, 40 tests, 2 failures, 1 skipped", (38, 2)),
        ("12 examples, 1 failure", (11, 1)),
        ("9 runs, 20 assertions, 1 failures, 1 errors, 0 skips", (7, 2)),
    ],
    "gradle": [("24 tests completed, 2 failed\nBUILD FAILED in 4s", (22, 2))],
    "dotnet": [
        ("Passed!  - Failed:     0, Passed:    12, Skipped:     0, Total:    12", (12, 0)),
        ("Failed!  - Failed:     3, Passed:     9, Skipped:     0, Total:    12", (9, 3)),
    ],
    "unittest": [
        ("Ran 12 tests in 0.003s\n\nOK", (12, 0)),
        ("Ran 12 tests in 0.003s\n\nFAILED (failures=2, errors=1)", (9, 3)),
    ],
    "mocha": [("  12 passing (34ms)\n  1 failing\n", (12, 1)), ("  3 passing (4ms)", (3, 0))],
    "node": [("# tests 4\n# pass 3\n# fail 1\n# cancelled 0", (3, 1))],
}


def test_each_runner_has_an_example() -> None:
    assert OUTPUTS.keys() == {runner.name for runner in RUNNERS}


@pytest.mark.parametrize(
    ("runner", "output", "counts"), [(runner, *case) for runner, cases in OUTPUTS.items() for case in cases]
)
def test_output_of_a_runner_has_its_counts(runner: str, output: str, counts: tuple[int, int]) -> None:
    expected = SuiteResult(*counts, "packages" if runner == "go test" else "tests")
    assert suite_result(output) == expected
    assert suite_result(f"some text before\n{output}") == expected


@pytest.mark.parametrize(
    "output",
    ["", "ok", "3 files changed", "12 errors found in 3 files", "all tests are in tests/", "PASSED the checkpoint"],
)
def test_other_output_says_nothing_of_tests(output: str) -> None:
    assert suite_result(output) is None


@given(st.text(alphabet="= 0123456789passedfailtestsinokFAIL:\n\t.-!", max_size=400))
def test_counts_of_any_output_are_not_negative(output: str) -> None:
    result = suite_result(output)
    assert result is None or (result.passed >= 0 and result.failed >= 0)
