"""The changes of a file put together."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import unified_diff
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_monitor.events import CallState, Change, ChangeKind
from tui_monitor.merge.file_history import HistoryChange
from tui_monitor.tui.diff.composition import Stage, compose, composed_rows
from tui_monitor.tui.diff.model import DiffLine, DiffNote, HunkGap, LineKind


def diff_of(before: Sequence[str], after: Sequence[str], context: int = 3) -> str:
    """Return hunks alone, as agents record them."""
    lines = list(unified_diff(before, after, lineterm="", n=context))[2:]
    return "".join(f"{line}\n" for line in lines)


def edit(
    before: Sequence[str],
    after: Sequence[str],
    kind: ChangeKind = ChangeKind.MODIFY,
    context: int = 3,
    old_path: str = "",
    is_whole: bool = True,
) -> HistoryChange:
    diff = diff_of(before, after, context)
    added = sum(line.startswith("+") for line in diff.splitlines())
    removed = sum(line.startswith("-") for line in diff.splitlines())
    change = Change(kind, "a.py", diff, added, removed, old_path)
    return HistoryChange("c", "Edit", "", 0, CallState.OK, change, is_whole)


def edits(*contents: Sequence[str], context: int = 3) -> list[HistoryChange]:
    return [edit(before, after, context=context) for before, after in pairwise(contents)]


def applied(stage: Stage, content: Sequence[str]) -> list[str]:
    """Apply a stage to the first content; each line that it names must be there."""
    result: list[str] = []
    at = 0
    for row in stage.lines:
        if isinstance(row, HunkGap):
            assert row.unchanged is not None
        if not isinstance(row, DiffLine):
            continue
        if row.old:
            result += content[at : row.old - 1]
            at = row.old
            assert content[row.old - 1] == row.text
        elif row.new:
            kept = row.new - 1 - len(result)
            result += content[at : at + kept]
            at += kept
        if row.kind is not LineKind.REMOVED:
            result.append(row.text)
            assert len(result) == row.new
    return [*result, *content[at:]]


def changed(stage: Stage) -> list[str]:
    signs = {LineKind.ADDED: "+", LineKind.REMOVED: "-"}
    return [signs[row.kind] + row.text for row in stage.lines if isinstance(row, DiffLine) and row.changed]


NUMBERS = [str(number) for number in range(40)]


class TestWhole:
    """Changes that fit together."""

    @given(st.integers(), st.integers(0, 3), st.integers(1, 8))
    def test_sum_of_edits_leads_from_the_first_content_to_the_last(self, seed: int, context: int, count: int) -> None:
        random = Random(seed)
        contents = [[random.choice("abcdefg") * random.randint(1, 3) for _ in range(random.randint(0, 40))]]
        for _ in range(count):
            lines = list(contents[-1])
            for _ in range(random.randint(1, 4)):
                at = random.randint(0, len(lines))
                lines[at : at + random.randint(0, 5)] = [random.choice("abxyz") for _ in range(random.randint(0, 4))]
            contents.append(lines)
        stages = compose(edits(*contents, context=context))
        assert len(stages) == 1
        assert applied(stages[0], contents[0]) == contents[-1]

    def test_line_that_came_back_is_unchanged(self) -> None:
        (stage,) = compose(edits(["a", "b", "c"], ["a", "x", "c"], ["a", "b", "c"]))
        assert changed(stage) == []
        assert stage.lines == [DiffNote("Its first content and its last are the same.")]

    def test_created_file_has_its_last_content_alone(self) -> None:
        create = edit([], ["a", "b"], ChangeKind.CREATE)
        (stage,) = compose([create, edit(["a", "b"], ["a", "c"])])
        assert (changed(stage), stage.change.kind, stage.change.added) == (["+a", "+c"], ChangeKind.CREATE, 2)

    def test_created_and_deleted_file(self) -> None:
        (stage,) = compose([edit([], ["a"], ChangeKind.CREATE), edit([], [], ChangeKind.DELETE)])
        assert stage.lines == [DiffNote("It was created and deleted again.")]
        assert stage.is_whole

    def test_deleted_file_of_which_little_is_known(self) -> None:
        (stage,) = compose([*edits(NUMBERS, [*NUMBERS[:20], "x", *NUMBERS[20:]]), edit([], [], ChangeKind.DELETE)])
        assert changed(stage) == [f"-{number}" for number in NUMBERS[17:23]]
        assert stage.lines[-1] == DiffNote("It was deleted; the lines that it had were not recorded.")
        assert (stage.change.kind, stage.is_whole) == (ChangeKind.DELETE, False)

    def test_renamed_file_names_its_old_path(self) -> None:
        rename = edit([], [], ChangeKind.RENAME, old_path="old.py")
        (stage,) = compose([*edits(["a"], ["b"]), rename])
        assert (stage.change.kind, stage.change.old_path, changed(stage)) == (ChangeKind.RENAME, "old.py", ["-a", "+b"])

    def test_gap_counts_the_lines_between_two_places(self) -> None:
        (stage,) = compose(edits(NUMBERS, ["x", *NUMBERS[1:]], ["x", *NUMBERS[1:30], "y", *NUMBERS[31:]]))
        gaps = [row.unchanged for row in stage.lines if isinstance(row, HunkGap)]
        assert gaps == [23]  # lines 5 to 27

    def test_place_without_numbers_is_found_by_its_lines(self) -> None:
        bare = Change(ChangeKind.MODIFY, "a.py", "@@\n-b\n+B\n", 1, 1)
        create = edit([], ["a", "b", "c"], ChangeKind.CREATE)
        (stage,) = compose([create, HistoryChange("c", "Edit", "", 0, CallState.OK, bare)])
        assert changed(stage) == ["+a", "+B", "+c"]


class TestStages:
    """What is not known between two changes."""

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            (edits(["a", "b"], ["a", "c"]) + edits(["a", "formatted"], ["a", "d"]), "Something else changed the file"),
            (
                [*edits(["a"], ["b"]), edit(["b"], ["c"], is_whole=False), *edits(["c"], ["d"])],
                "not all lines were recorded",
            ),
            ([*edits(["a"], ["b"]), edit([], ["n"], ChangeKind.CREATE)], "created anew"),
            ([edit(["a"], [], ChangeKind.DELETE), *edits(["a"], ["b"])], "after it had been deleted"),
        ],
    )
    def test_new_stage_says_why_it_begins(self, changes: list[HistoryChange], reason: str) -> None:
        first, second, *_ = stages = compose(changes)
        assert reason in second.reason
        assert [number for stage in stages for number in range(stage.first, stage.last + 1)] == list(
            range(1, len(changes) + 1)
        )
        assert first.reason == ""
        notes = [row.text for row in composed_rows(stages, "a.py") if isinstance(row, DiffNote)]
        assert any(reason in note for note in notes)

    def test_change_of_an_unknown_place_stands_alone(self) -> None:
        bare = Change(ChangeKind.MODIFY, "a.py", "@@\n-b\n+B\n", 1, 1)
        first, second = compose([*edits(["a"], ["A"]), HistoryChange("c", "Edit", "", 0, CallState.OK, bare)])
        assert (first.is_whole, second.is_whole, changed(second)) == (True, False, ["-b", "+B"])

    @given(st.lists(st.text(alphabet="+-@ \\0123456789,ab\n", max_size=60), max_size=5))
    def test_any_diff_is_shown(self, diffs: list[str]) -> None:
        changes = [
            HistoryChange("c", "Edit", "", 0, CallState.OK, Change(ChangeKind.MODIFY, "a", diff, 1, 1))
            for diff in diffs
        ]
        stages = compose(changes)
        assert sum(stage.last - stage.first + 1 for stage in stages) == len(changes)
