"""The last test result, how old it is, and the edits since."""

from tests.tui.live_builder import LiveBuilder
from tui_monitor.tui.header.lines import header_lines
from tui_monitor.tui.header.suite_line import suite_forms
from tui_monitor.tui.header.view import StatusView


def forms(live: LiveBuilder) -> list[str]:
    return ["".join(span.text for span in form) for form in suite_forms(live.state, live.now)]


def test_green_run_has_its_age_and_the_edits_since() -> None:
    live = LiveBuilder()
    live.shell("pytest -q", "1 failed, 3 passed in 2.0s")
    live.edit("a.py")
    live.shell("pytest -q", "410 passed in 8.31s")
    live.wait(120)
    assert forms(live)[0] == "tests ✓ 410 · 2m ago"
    live.edit("a.py")
    live.edit("b.py")
    live.shell("git status", "clean")
    assert forms(live) == ["tests ✓ 410 · 2m ago · 2 edits since", "tests ✓ 410 · 2 edits since", "tests ✓ 410", ""]


def test_edit_outside_the_project_is_no_edit_since() -> None:
    live = LiveBuilder()
    live.shell("pytest -q", "410 passed in 8.31s")
    live.edit("/home/ada/.agent/plans/mend.md")
    assert forms(live)[0] == "tests ✓ 410"
    live.edit("/home/ada/harbour/a.py")
    assert forms(live)[0].endswith(" · 1 edit since")


def test_red_run_says_how_many_failed() -> None:
    live = LiveBuilder()
    live.failed_shell("pytest -q", "1 failed, 3 passed in 2.0s")
    assert forms(live)[0] == "tests ✗ 1 of 4"


def test_packages_are_not_called_tests() -> None:
    live = LiveBuilder()
    live.shell("go test ./...", "ok  \ta/b\t0.31s\nFAIL\ta/c\t0.2s")
    assert forms(live)[0] == "packages ✗ 1 of 2"


def test_session_without_tests_says_nothing() -> None:
    live = LiveBuilder()
    live.shell("git status", "clean")
    assert forms(live) == [""]


def test_words_line_of_a_wide_header_ends_with_it() -> None:
    live = LiveBuilder()
    live.shell("pytest -q", "410 passed in 8.31s")
    for width in (110, 160):
        words = "".join(span.text for span in header_lines(StatusView(live.state, live.now), width)[1])
        assert words.rstrip().endswith("tests ✓ 410")
