"""One finds one's way in what is shown: files, changes, lines to open."""

from __future__ import annotations

import pytest

from tests.tui.diff.patches import patch
from tui_monitor.events import Change, ChangeKind
from tui_monitor.tui.diff.arrangement import DiffArrangement
from tui_monitor.tui.diff.parse import rows_of

OLD = "\n".join(f"line {number}" for number in range(1, 41))
QUAY = Change(ChangeKind.MODIFY, "quay.py", patch(OLD, OLD.replace("line 9", "nine").replace("line 30\n", "")), 1, 2)
NOTES = Change(ChangeKind.CREATE, "notes.md", "@@ -0,0 +1,2 @@\n+a\n+b\n", 2)


def test_title_of_a_lone_modified_file_is_left_out() -> None:
    assert DiffArrangement(rows_of([QUAY])).files == []


@pytest.mark.parametrize("changes", [[NOTES], [QUAY, NOTES]])
def test_titles_tell_new_files_and_several_apart(changes: list[Change]) -> None:
    assert len(DiffArrangement(rows_of(changes)).files) == len(changes)


@pytest.mark.parametrize("split", [False, True])
def test_positions_and_rows_lead_to_each_other(split: bool) -> None:
    arrangement = DiffArrangement(rows_of([QUAY, NOTES]), split=split)
    for position in range(len(arrangement.places)):
        assert arrangement.position_of(arrangement.index_at(position)) == position


@pytest.mark.parametrize("split", [False, True])
def test_runs_of_changed_lines_are_found(split: bool) -> None:
    arrangement = DiffArrangement(rows_of([QUAY, NOTES]), split=split)
    first, second, third = arrangement.changes
    spots = [arrangement.spot(position) for position in (first, second, third)]
    assert [(spot.change.path, spot.line) for spot in spots if spot] == [
        ("quay.py", 9),
        ("quay.py", 30),
        ("notes.md", 1),
    ]


def test_spot_is_the_line_of_the_new_file_at_a_position() -> None:
    arrangement = DiffArrangement(rows_of([QUAY]))
    spot = arrangement.spot(1)
    assert spot is not None
    assert (spot.change, spot.line) == (QUAY, 7)


def test_spot_of_a_deleted_file_is_its_beginning() -> None:
    gone = Change(ChangeKind.DELETE, "old.py", "@@ -1,2 +0,0 @@\n-a\n-b\n", 0, 2)
    spot = DiffArrangement(rows_of([gone])).spot(1)
    assert spot is not None
    assert (spot.change, spot.line) == (gone, 1)


def test_nothing_shown_leads_nowhere() -> None:
    assert DiffArrangement(()).spot(0) is None
