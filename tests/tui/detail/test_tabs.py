"""Each tab has its text, and says what is missing."""

from __future__ import annotations

import pytest

from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import CallState, Change, ChangeKind, SourceRef, ToolKind
from tui_monitor.live.entries import Call
from tui_monitor.merge.text_volume import MAX_BODY
from tui_monitor.tui.detail.bodies import BodyTexts, Completeness
from tui_monitor.tui.detail.tabs import Tab, available_tabs, missing_notice, plain_text, sections
from tui_monitor.tui.lines.document import SectionDocument

EDIT = Change(ChangeKind.MODIFY, "quay.py", "@@ -1 +1 @@\n-a\n+b", 1, 1)
READ = Change(ChangeKind.READ, "ship.py")


@pytest.fixture
def live() -> LiveBuilder:
    return LiveBuilder()


def shown(tab: Tab, call: Call, whole: Completeness = Completeness.COMPLETE) -> list[str]:
    doc = SectionDocument(sections(tab, call, BodyTexts.of(call), whole))
    return [doc.texts(row)[0] for row in range(len(doc))]


def called(live: LiveBuilder, *changes: Change, output: str = "", error: str = "", asked: str = "") -> Call:
    call = live.start("Edit", ToolKind.EDIT, "quay.py", input=asked)
    return live.finish(call, CallState.OK, changes=changes, output=output, error=error)


@pytest.mark.parametrize(
    ("changes", "output", "asked", "tabs"),
    [
        ([EDIT], "done", "{}", [Tab.DIFF, Tab.OUTPUT, Tab.INPUT, Tab.RAW]),
        ([READ], "text", "{}", [Tab.OUTPUT, Tab.INPUT, Tab.RAW]),
        ([], "", "{}", [Tab.INPUT, Tab.RAW]),
        ([], "", "", [Tab.RAW]),
    ],
)
def test_tabs_with_something_to_show_are_offered(
    live: LiveBuilder, changes: list[Change], output: str, asked: str, tabs: list[Tab]
) -> None:
    call = called(live, *changes, output=output, asked=asked)
    assert available_tabs(call, BodyTexts.of(call)) == tabs


def test_all_tabs_of_a_trimmed_call_may_have_something(live: LiveBuilder) -> None:
    call = called(live, EDIT, output="x", asked="{}")
    call.trim()
    assert available_tabs(call, BodyTexts.of(call)) == list(Tab)
    assert available_tabs(call, BodyTexts(input="{}", changes=(EDIT,))) == [Tab.DIFF, Tab.INPUT, Tab.RAW]


@pytest.mark.parametrize(("whole", "said"), [(Completeness.LOADING, "loading …"), (Completeness.COMPLETE, "")])
def test_texts_of_a_trimmed_call_are_missing_until_they_come(live: LiveBuilder, whole: Completeness, said: str) -> None:
    call = called(live, output="x")
    call.trim()
    assert missing_notice(call, BodyTexts.of(call), whole) == said


def test_texts_that_are_lost_are_said_to_be(live: LiveBuilder) -> None:
    call = called(live, output="x")
    assert missing_notice(call, BodyTexts.of(call), Completeness.LOST) == ""
    call.trim()
    assert "no longer available" in missing_notice(call, BodyTexts.of(call), Completeness.LOST)
    assert missing_notice(call, BodyTexts(output="a part"), Completeness.LOST) == ""
    assert "no longer available" in shown(Tab.RAW, call, Completeness.LOST)[-1]


def test_error_stands_above_the_output(live: LiveBuilder) -> None:
    assert shown(Tab.OUTPUT, called(live, output="a\nb\n", error="bad")) == ["error", "bad", "output", "a", "b"]
    assert shown(Tab.OUTPUT, called(live, error="bad")) == ["bad"]


def test_json_is_laid_out_and_other_text_is_not(live: LiveBuilder) -> None:
    call = called(live, output='{"a":1}', asked="not {json")
    assert shown(Tab.OUTPUT, call) == ["{", '  "a": 1', "}"]
    assert shown(Tab.INPUT, call) == ["not {json"]


@pytest.mark.parametrize(
    ("whole", "last"),
    [(Completeness.LOADING, "⋯ loading the rest …"), (Completeness.LOST, "⋯ cut after 65,536 characters")],
)
def test_end_of_a_cut_text_says_that_it_is_cut(live: LiveBuilder, whole: Completeness, last: str) -> None:
    call = called(live, output="x" * (MAX_BODY + 1), asked="{}")
    assert shown(Tab.OUTPUT, call, whole)[-1] == last
    assert shown(Tab.INPUT, call, whole)[-1] != last
    assert shown(Tab.OUTPUT, call, Completeness.COMPLETE)[-1] == "x" * MAX_BODY


def test_raw_tab_tells_all_as_it_was_told(live: LiveBuilder) -> None:
    call = called(live, output="two\nlines", asked='{"a":1}')
    call.output_ref = SourceRef("/log.jsonl", 100, 20)
    assert shown(Tab.RAW, call) == [
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


def test_plain_texts_are_those_that_were_told(live: LiveBuilder) -> None:
    call = called(live, EDIT, READ, output="out", error="bad", asked='{"a":1}')
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
    call = called(live, Change(kind, "new.py", "@@ -1 +1 @@\n-a\n+b\n", 1, 1, old))
    assert plain_text(Tab.DIFF, call, BodyTexts.of(call)).startswith(header)
