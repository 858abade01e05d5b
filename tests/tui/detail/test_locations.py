"""Locations behind an entry: files to open, names to save under."""

from __future__ import annotations

import pytest

from tests.tui.live_builder import LiveBuilder
from tui_monitor.events import Change, ChangeKind, ToolKind
from tui_monitor.live.entries import Mark, MarkKind
from tui_monitor.tui.detail.locations import FileLocation, file_name, location_of
from tui_monitor.tui.detail.tabs import Tab


@pytest.fixture
def live() -> LiveBuilder:
    return LiveBuilder()


def test_location_of_a_change_is_its_first_line(live: LiveBuilder) -> None:
    changes = (Change(ChangeKind.READ, "/w/quay.py", lines=(40, 60)),)
    call = live.finish(live.start("Read", ToolKind.READ, "/w/quay.py"), changes=changes)
    assert location_of(call) == FileLocation("/w/quay.py", 40)


@pytest.mark.parametrize(("note", "line"), [("132", 132), ("", 1), ("0", 1), ("²", 1), ("9" * 5000, 1)])
def test_location_of_a_call_on_a_file(live: LiveBuilder, note: str, line: int) -> None:
    assert location_of(live.start("Read", ToolKind.READ, "/w/quay.py", note=note)) == FileLocation("/w/quay.py", line)


def test_other_calls_have_no_location(live: LiveBuilder) -> None:
    assert location_of(live.start("Bash", ToolKind.SHELL, "/w/run.sh")) is None


@pytest.mark.parametrize(
    ("tab", "name"), [(Tab.DIFF, "Edit-call-1.diff"), (Tab.INPUT, "Edit-call-1.json"), (Tab.OUTPUT, "Edit-call-1.txt")]
)
def test_saved_text_is_named_after_the_call(live: LiveBuilder, tab: Tab, name: str) -> None:
    assert file_name(live.start("Edit", ToolKind.EDIT), tab) == name


def test_mark_has_no_file_and_is_named_after_its_kind() -> None:
    mark = Mark(MarkKind.GAVE_UP, 0)
    assert location_of(mark) is None
    assert file_name(mark, None) == "gave-up.txt"


def test_hostile_names_make_harmless_files(live: LiveBuilder) -> None:
    call = live.start("../../etc/\x1b[2J~", ToolKind.OTHER)
    assert file_name(call, Tab.RAW) == "etc-2J-call-1.txt"
    call.tool, call.id = "…", "/" * 500
    assert file_name(call, Tab.RAW) == "call.txt"
