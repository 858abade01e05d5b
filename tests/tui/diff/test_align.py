"""Two columns hold the same lines as one, and what belongs together stands together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.tui.diff.align import BLANK, MAX_BLOCK, side_by_side
from tui_monitor.tui.diff.model import DiffLine, DiffRow, LineKind
from tui_monitor.tui.diff.parse import parse

WORDS = st.lists(st.sampled_from(["ship", "quay", "=", "tide", "(", ")"]), max_size=4).map(" ".join)
DIFFS = st.lists(st.tuples(st.sampled_from(" +-@\\x"), WORDS).map("".join), max_size=20).map("\n".join)


def block(removed: list[str], added: list[str]) -> list[DiffRow]:
    return [
        *(DiffLine(LineKind.REMOVED, text) for text in removed),
        *(DiffLine(LineKind.ADDED, text) for text in added),
    ]


@given(DIFFS)
def test_columns_agree_with_the_single_one(diff: str) -> None:
    rows = parse(f"@@ -1,9 +1,9 @@\n{diff}")
    places = side_by_side(rows)
    for side, other in ((0, LineKind.ADDED), (1, LineKind.REMOVED)):
        shown = [place[min(side, len(place) - 1)] for place in places]
        expected = [i for i, row in enumerate(rows) if not isinstance(row, DiffLine) or row.kind is not other]
        assert [index for index in shown if index != BLANK] == expected


def test_similar_lines_stand_beside_each_other() -> None:
    rows = block(
        ["total = ship.mass", "return total"], ["# the mass of all", "total = ship.mass + crew", "return total"]
    )
    assert side_by_side(rows) == [(BLANK, 2), (0, 3), (1, 4)]


def test_line_that_only_changed_its_indentation_is_similar() -> None:
    assert side_by_side(block(["}", "end"], ["new", "    }", "end"])) == [(BLANK, 2), (0, 3), (1, 4)]


def test_lines_that_have_nothing_in_common_share_the_height() -> None:
    assert side_by_side(block(["a", "b"], ["x y", "z", "q"])) == [(0, 2), (1, 3), (BLANK, 4)]


def test_rewritten_file_is_not_searched_for_pairs() -> None:
    size = MAX_BLOCK + 1
    rows = block(["old", *["same"] * size], ["same"] * size)
    assert side_by_side(rows)[0] == (0, size + 1)
