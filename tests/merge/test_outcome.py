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


@pytest.mark.parametrize(
    ("tool", "output"),
    [
        ("cargo", "error[E0308]: mismatched types\n --> src/tides.rs:3:5\n"),
        (
            "cargo",
            "test tides::high ... FAILED\n\ntest result: FAILED. 4 passed; 1 failed; 0 ignored; finished in 0.01s\n",
        ),
        ("go", "--- FAIL: TestTide (0.00s)\n    tide_test.go:9: got 3\nFAIL\nFAIL\tharbour/tide\t0.003s\n"),
        ("tsc", "src/tides.ts:3:1 - error TS2304: Cannot find name 'moon'.\n"),
        ("tsc", "error TS5023: Unknown compiler option 'strickt'.\n"),
        ("eslint", "  3:1  error  'moon' is not defined  no-undef\n\n✖ 2 problems (2 errors, 0 warnings)\n"),
        ("make", "make[1]: *** [tides.o] Error 1\n"),
        ("make", "gmake: *** No rule to make target 'tide'.  Stop.\n"),
        ("mix", "done (passed in 2s)\nHalting VM with exit status 2\n"),
        ("mix", "** (Mix) Could not compile dependency :jason\n"),
        ("mix", "== Compilation error in file lib/tides.ex ==\n"),
        ("mix", "14 doctests, 410 tests, 10 failures\n"),
        ("npm", 'npm ERR! Missing script: "tide"\n'),
        ("npm", "npm error Lifecycle script `test` failed\n"),
        ("gradle", "FAILURE: Build failed with an exception.\n\nBUILD FAILED in 3s\n4 actionable tasks: 2 executed\n"),
        ("maven", "[INFO] BUILD FAILURE\n[INFO] Total time: 3 s\n"),
        ("dotnet", "Tides.cs(3,1): error CS1002: ; expected\n\nBuild FAILED.\n    0 Warning(s)\n    1 Error(s)\n"),
        ("pytest", "FAILED tests/test_tides.py::test_high - assert 3 == 4\n=== 1 failed, 9 passed in 0.12s ===\n"),
        ("pytest", "ERROR tests/test_tides.py\n=== 1 error in 0.12s ===\n"),
    ],
)
def test_failures_of_tools_are_told_by_their_words(tool: str, output: str) -> None:
    assert looks_failed(f"$ {tool}\n{output}")


@pytest.mark.parametrize(
    ("tool", "output"),
    [
        (
            "cargo",
            "test error::shows_FAILED ... ok\ntest result: ok. 5 passed; 0 failed; 0 ignored; finished in 0.01s\n",
        ),
        ("go", "=== RUN   TestFAIL\n--- PASS: TestFAIL (0.00s)\nok  \tharbour/tide\t0.003s\n"),
        ("tsc", "Found 0 errors. Watching for file changes.\n"),
        ("eslint", "  3:1  warning  Unexpected console statement\n\n✖ 3 problems (0 errors, 3 warnings)\n"),
        ("make", "echo '*** [tides] is a heading'\n"),
        ("mix", "Halting VM with exit status 0\n14 doctests, 410 tests, 0 failures\n"),
        ("npm", "npm warn deprecated tide@1.0.0: it ERR! no more\nfound 0 vulnerabilities\n"),
        ("gradle", "TideTest > says BUILD FAILED PASSED\n\nBUILD SUCCESSFUL in 3s\n"),
        ("dotnet", "Build succeeded.\n    0 Warning(s)\n    0 Error(s)\n"),
        (
            "pytest",
            "tests/test_tides.py::test_ERROR_is_shown PASSED\nFAILED_test.py::test_it PASSED\n2 passed in 0.1s\n",
        ),
        ("pytest", "=== 0 failed, 210 passed, 0 errors in 6.31s ===\n"),
        ("jest", "Tests:       0 failed, 12 passed, 12 total\n"),
        ("grep", "docs/ci.md:3:a build that says BUILD FAILED, and npm ERR! before it\n"),
    ],
)
def test_words_of_failure_in_names_and_counts_of_none_are_no_failure(tool: str, output: str) -> None:
    assert not looks_failed(f"$ {tool}\n{output}")


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


def test_test_that_failed_says_more_than_the_word_below_it() -> None:
    output = "--- FAIL: TestTide (0.00s)\n    tide_test.go:9: got 3\nFAIL\nFAIL\tharbour/tide\t0.003s\nFAIL\n"
    assert summary_line(output) == "--- FAIL: TestTide (0.00s)"


def test_exit_status_is_no_reason() -> None:
    assert summary_line("Error: Exit code 128\nfatal: not a repository") == "fatal: not a repository"


def test_escaped_line_breaks_are_line_breaks() -> None:
    output = "tides.py is not formatted\n\n[Output truncated: showing 3 of 67 lines]\\n\\nFix this before committing."
    assert summary_line(output) == "Fix this before committing."


def test_path_with_backslashes_is_no_line_break() -> None:
    assert summary_line(r"cannot open C:\new\notes.txt") == r"cannot open C:\new\notes.txt"


def test_names_of_files_do_not_speak_of_a_failure() -> None:
    listing = "\n".join(f"├── lib.es{year}.error.d.ts" for year in range(1000))
    assert summary_line(f"tree: 3: No such file or directory\n{listing}", has_failed=True).startswith("tree: 3:")
    assert summary_line("src/error-page.tsx\nsrc/page.tsx", has_failed=True) == "src/page.tsx"
    assert summary_line("ok\nbuild/app: permission denied\nbye", has_failed=True) == "build/app: permission denied"
