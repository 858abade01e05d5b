"""The text of each tab, and notices for missing text."""

from __future__ import annotations

import pytest

from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import CallState, Change, ChangeKind, SourceRef, ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.merge.text_volume import MAX_BODY
from tui_monitor.tui.detail.bodies import BodyTexts, Completeness
from tui_monitor.tui.detail.command_input import SCRIPT
from tui_monitor.tui.detail.tabs import Tab, available_tabs, missing_notice, plain_text, sections
from tui_monitor.tui.lines.document import SectionDocument
from tui_monitor.tui.lines.syntax import load_language

EDIT = Change(ChangeKind.MODIFY, "quay.py", "@@ -1 +1 @@\n-a\n+b", 1, 1)
READ = Change(ChangeKind.READ, "ship.py")


@pytest.fixture
def live() -> LiveBuilder:
    return LiveBuilder()


def lines_of(tab: Tab, call: Call, completeness: Completeness = Completeness.COMPLETE) -> list[str]:
    doc = SectionDocument(sections(tab, call, BodyTexts.of(call), completeness))
    return [doc.texts(row)[0] for row in range(len(doc))]


def finished_call(live: LiveBuilder, *changes: Change, output: str = "", error: str = "", input_text: str = "") -> Call:
    call = live.start("Edit", ToolKind.EDIT, "quay.py", input=input_text)
    return live.finish(call, CallState.OK, changes=changes, output=output, error=error)


@pytest.mark.parametrize(
    ("changes", "output", "input_text", "tabs"),
    [
        ([EDIT], "done", "{}", [Tab.DIFF, Tab.OUTPUT, Tab.INPUT, Tab.RAW]),
        ([READ], "text", "{}", [Tab.OUTPUT, Tab.INPUT, Tab.RAW]),
        ([], "", "{}", [Tab.INPUT, Tab.RAW]),
        ([], "", "", [Tab.RAW]),
    ],
)
def test_tabs_with_content_are_available(
    live: LiveBuilder, changes: list[Change], output: str, input_text: str, tabs: list[Tab]
) -> None:
    call = finished_call(live, *changes, output=output, input_text=input_text)
    assert available_tabs(call, BodyTexts.of(call)) == tabs


def test_all_tabs_of_a_trimmed_call_are_available(live: LiveBuilder) -> None:
    call = finished_call(live, EDIT, output="x", input_text="{}")
    call.trim()
    assert available_tabs(call, BodyTexts.of(call)) == [Tab.DIFF, Tab.OUTPUT, Tab.INPUT, Tab.RAW]
    assert available_tabs(call, BodyTexts(input="{}", changes=(EDIT,))) == [Tab.DIFF, Tab.INPUT, Tab.RAW]


@pytest.mark.parametrize(("completeness", "notice"), [(Completeness.LOADING, "loading …"), (Completeness.COMPLETE, "")])
def test_notice_while_bodies_are_loading(live: LiveBuilder, completeness: Completeness, notice: str) -> None:
    call = finished_call(live, output="x")
    call.trim()
    assert missing_notice(call, BodyTexts.of(call), completeness) == notice


def test_lost_bodies_are_reported(live: LiveBuilder) -> None:
    call = finished_call(live, output="x")
    assert missing_notice(call, BodyTexts.of(call), Completeness.LOST) == ""
    call.trim()
    assert "no longer available" in missing_notice(call, BodyTexts.of(call), Completeness.LOST)
    assert missing_notice(call, BodyTexts(output="a part"), Completeness.LOST) == ""
    assert "no longer available" in lines_of(Tab.RAW, call, Completeness.LOST)[-1]


def test_error_is_above_the_output(live: LiveBuilder) -> None:
    assert lines_of(Tab.OUTPUT, finished_call(live, output="a\nb\n", error="bad")) == [
        "error",
        "bad",
        "output",
        "a",
        "b",
    ]
    assert lines_of(Tab.OUTPUT, finished_call(live, error="bad")) == ["bad"]


def test_progress_is_overwritten_in_outputs_alone(live: LiveBuilder) -> None:
    call = finished_call(live, output="10 %\r100 %\n", error="20 %\r90 %\n", input_text="rm -r /\rls")
    assert lines_of(Tab.OUTPUT, call) == ["error", "90 %", "output", "100 %"]
    assert lines_of(Tab.INPUT, call) == ["rm -r /␍ls"]


def test_only_json_is_indented(live: LiveBuilder) -> None:
    call = finished_call(live, output='{"a":1}', input_text="not {json")
    assert lines_of(Tab.OUTPUT, call) == ["{", '  "a": 1', "}"]
    assert lines_of(Tab.INPUT, call) == ["not {json"]


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            '{"command":"make\\n  test","timeout":300}',
            ["make", "  test", "", "other arguments", "{", '  "timeout": 300', "}"],
        ),
        ('{"command":["bash","-lc","make test"]}', ["make test"]),
        ('{"cmd":"make test"}', ["make test"]),
        ('{"cmd":"rm"}', ["{", '  "cmd": "rm"', "}"]),
        ("make test", ["make test"]),
    ],
)
def test_command_is_shown_as_code_before_its_other_arguments(
    live: LiveBuilder, arguments: str, lines: list[str]
) -> None:
    call = live.start("Bash", ToolKind.SHELL, "make test", input=arguments)
    assert lines_of(Tab.INPUT, call) == lines
    assert plain_text(Tab.INPUT, call, BodyTexts.of(call)) == arguments


def test_command_has_colours(live: LiveBuilder) -> None:
    load_language(SCRIPT)
    call = live.start("Bash", ToolKind.SHELL, "echo 'a b'", input='{"command":"echo \'a b\'"}')
    (code,) = sections(Tab.INPUT, call, BodyTexts.of(call), Completeness.COMPLETE)
    assert [span.style_name for span in code.spans[0]] == ["key", "string"]


@pytest.mark.parametrize(
    ("completeness", "last"),
    [(Completeness.LOADING, "⋯ loading the rest …"), (Completeness.LOST, "⋯ cut after 65,536 characters")],
)
def test_cut_text_ends_with_a_notice(live: LiveBuilder, completeness: Completeness, last: str) -> None:
    call = finished_call(live, output="x" * (MAX_BODY + 1), input_text="{}")
    assert lines_of(Tab.OUTPUT, call, completeness)[-1] == last
    assert lines_of(Tab.INPUT, call, completeness)[-1] != last
    assert lines_of(Tab.OUTPUT, call, Completeness.COMPLETE)[-1] == "x" * MAX_BODY


def test_raw_tab_shows_everything_as_recorded(live: LiveBuilder) -> None:
    call = finished_call(live, output="two\nlines", input_text='{"a":1}')
    call.output_ref = SourceRef("/log.jsonl", 100, 20)
    assert lines_of(Tab.RAW, call) == [
        "call       call-1",
        "tool       Edit (edit)",
        "state      ok",
        "session    s-1 (claude-code)",
        "issued     2026-01-05 20:00:00.000+00:00",
        "ended      2026-01-05 20:00:00.100+00:00",
        "output at  /log.jsonl, 20 bytes from 100",
        "",
        "input",
        '{"a":1}',
        "",
        "output",
        "two",
        "lines",
    ]


def test_plain_text_is_as_recorded(live: LiveBuilder) -> None:
    call = finished_call(live, EDIT, READ, output="out", error="bad", input_text='{"a":1}')
    texts = [plain_text(tab, call, BodyTexts.of(call)) for tab in (Tab.DIFF, Tab.OUTPUT, Tab.INPUT)]
    assert texts == ["--- quay.py\n+++ quay.py\n@@ -1 +1 @@\n-a\n+b\n", "bad\nout", '{"a":1}']
    assert '{"a":1}' in plain_text(Tab.RAW, call, BodyTexts.of(call))


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        (ChangeKind.CREATE, "--- /dev/null\n+++ new.py\n"),
        (ChangeKind.DELETE, "--- new.py\n+++ /dev/null\n"),
        (ChangeKind.RENAME, "--- old.py\n+++ new.py\n"),
    ],
)
def test_patch_names_both_files(live: LiveBuilder, kind: ChangeKind, header: str) -> None:
    old = "old.py" if kind is ChangeKind.RENAME else ""
    call = finished_call(live, Change(kind, "new.py", "@@ -1 +1 @@\n-a\n+b\n", 1, 1, old))
    assert plain_text(Tab.DIFF, call, BodyTexts.of(call)).startswith(header)
