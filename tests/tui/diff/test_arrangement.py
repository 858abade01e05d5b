"""Positions of rows in one or two columns: files, changes, lines to open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.diff.patches import patch
from tui_monitor.events import Change, ChangeKind
from tui_monitor.tui.diff.arrangement import BLANK, MAX_BLOCK, DiffArrangement, side_by_side
from tui_monitor.tui.diff.model import DiffLine, DiffRow, LineKind
from tui_monitor.tui.diff.parse import parse, rows_of

OLD = "\n".join(f"line {number}" for number in range(1, 41))
QUAY = Change(ChangeKind.MODIFY, "quay.py", patch(OLD, OLD.replace("line 9", "nine").replace("line 30\n", "")), 1, 2)
NOTES = Change(ChangeKind.CREATE, "notes.md", "@@ -0,0 +1,2 @@\n+a\n+b\n", 2)


def test_title_of_a_lone_modified_file_is_left_out() -> None:
    assert DiffArrangement(rows_of([QUAY])).files == []


@pytest.mark.parametrize("changes", [[NOTES], [QUAY, NOTES]])
def test_new_files_and_several_files_have_titles(changes: list[Change]) -> None:
    assert len(DiffArrangement(rows_of(changes)).files) == len(changes)


@pytest.mark.parametrize("split", [False, True])
def test_positions_and_rows_lead_to_each_other(split: bool) -> None:
    arrangement = DiffArrangement(rows_of([QUAY, NOTES]), split=split)
    for position in range(len(arrangement.pairs)):
        assert arrangement.position_of(arrangement.index_at(position)) == position


@pytest.mark.parametrize("split", [False, True])
def test_runs_of_changed_lines_are_found(split: bool) -> None:
    arrangement = DiffArrangement(rows_of([QUAY, NOTES]), split=split)
    first, second, third = arrangement.changes
    spots = [arrangement.file_position(position) for position in (first, second, third)]
    assert [(spot.change.path, spot.line) for spot in spots if spot] == [
        ("quay.py", 9),
        ("quay.py", 30),
        ("notes.md", 1),
    ]


def test_file_position_is_the_line_of_the_new_file() -> None:
    arrangement = DiffArrangement(rows_of([QUAY]))
    spot = arrangement.file_position(1)
    assert spot is not None
    assert (spot.change, spot.line) == (QUAY, 7)


def test_file_position_in_a_deleted_file_is_its_beginning() -> None:
    deletion = Change(ChangeKind.DELETE, "old.py", "@@ -1,2 +0,0 @@\n-a\n-b\n", 0, 2)
    spot = DiffArrangement(rows_of([deletion])).file_position(1)
    assert spot is not None
    assert (spot.change, spot.line) == (deletion, 1)


def test_empty_arrangement_has_no_positions() -> None:
    assert DiffArrangement(()).file_position(0) is None


WORDS = st.lists(st.sampled_from(["ship", "quay", "=", "tide", "(", ")"]), max_size=4).map(" ".join)
DIFFS = st.lists(st.tuples(st.sampled_from(" +-@\\x"), WORDS).map("".join), max_size=20).map("\n".join)


def block(removed: list[str], added: list[str]) -> list[DiffRow]:
    return [
        *(DiffLine(LineKind.REMOVED, text) for text in removed),
        *(DiffLine(LineKind.ADDED, text) for text in added),
    ]


@given(DIFFS)
def test_two_columns_hold_the_rows_of_one(diff: str) -> None:
    rows = parse(f"@@ -1,9 +1,9 @@\n{diff}")
    places = side_by_side(rows)
    for side, other in ((0, LineKind.ADDED), (1, LineKind.REMOVED)):
        cells = [place[min(side, len(place) - 1)] for place in places]
        expected = [i for i, row in enumerate(rows) if not isinstance(row, DiffLine) or row.kind is not other]
        assert [index for index in cells if index != BLANK] == expected


def test_similar_lines_are_beside_each_other() -> None:
    rows = block(
        ["total = ship.mass", "return total"], ["# the mass of all", "total = ship.mass + crew", "return total"]
    )
    assert side_by_side(rows) == [(BLANK, 2), (0, 3), (1, 4)]


def test_changed_indentation_is_similar() -> None:
    assert side_by_side(block(["}", "end"], ["new", "    }", "end"])) == [(BLANK, 2), (0, 3), (1, 4)]


def test_different_lines_share_the_height() -> None:
    assert side_by_side(block(["a", "b"], ["x y", "z", "q"])) == [(0, 2), (1, 3), (BLANK, 4)]


def test_large_blocks_are_not_searched_for_pairs() -> None:
    size = MAX_BLOCK + 1
    rows = block(["old", *["same"] * size], ["same"] * size)
    assert side_by_side(rows)[0] == (0, size + 1)
