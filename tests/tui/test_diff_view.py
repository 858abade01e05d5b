"""Changes can be read: unified and side by side, file by file, change by change."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.tui.diff.patches import patch
from tests.tui.view_app import ViewApp, press, settled, visible
from tui_monitor.events import Change, ChangeKind
from tui_monitor.tui.widgets import diff_view
from tui_monitor.tui.widgets.diff_view import SPLIT_WIDTH, DiffView

OLD = "".join(f"line {number}\n" for number in range(1, 61))
NEW = OLD.replace("line 10\n", "line ten\n").replace("line 50\n", "")
QUAY = Change(ChangeKind.MODIFY, "/w/quay.py", patch(OLD, NEW), 1, 2)
NOTES = Change(ChangeKind.CREATE, "/w/notes.md", "@@ -0,0 +1,2 @@\n+# Notes\n+moored\n", 2)
WIDE = (SPLIT_WIDTH + 1, 6)


class DiffApp(ViewApp[DiffView]):
    """Shows the changes that it is given."""

    def __init__(self, *changes: Change) -> None:
        super().__init__(DiffView())
        self.changes = changes

    def on_mount(self) -> None:
        super().on_mount()
        self.show(self.changes)

    def show(self, changes: Iterable[Change], *, stay: bool = False) -> None:
        """Show these, without the folder that they are in."""
        self.view.show(changes, lambda path: path.removeprefix("/w/"), stay=stay)


async def test_lone_change_has_no_title_and_several_have() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        assert visible(app.view)[0] == "  7   line 7"
        app.show([QUAY, NOTES])
        await settled(pilot)
        assert visible(app.view)[0] == "    M quay.py  +1  −2"


async def test_hunks_are_parted_by_what_is_left_out() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot)
        assert visible(app.view)[3:9] == [
            " 10 − line 10",
            " 10 + line ten",
            " 11   line 11",
            " 12   line 12",
            " 13   line 13",
            "      ⋯ 33 unchanged",
        ]


async def test_two_columns_come_with_the_key_and_go_with_the_width() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "u")
        assert visible(app.view)[3].split() == ["10", "−", "line", "10", "10", "+", "line", "ten"]
        await pilot.resize_terminal(60, 12)
        await settled(pilot)
        assert visible(app.view)[3] == " 10 − line 10"
        await pilot.resize_terminal(*WIDE)
        await settled(pilot)
        assert visible(app.view)[3].endswith("line ten")
        await press(pilot, "u")
        assert visible(app.view)[3] == " 10 − line 10"


async def test_both_columns_scroll_sideways_together() -> None:
    app = DiffApp(Change(ChangeKind.MODIFY, "a.txt", f"@@ -1 +1 @@\n-{'0123456789' * 8}\n+{'abcdefghij' * 8}\n", 1, 1))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "u", "l")
        _, _, old, _, _, new = visible(app.view)[0].split()
        assert (old[:2], new[:2]) == ("89", "ij")


async def test_columns_wrap_each_for_itself_under_one_number() -> None:
    app = DiffApp(Change(ChangeKind.MODIFY, "a.txt", f"@@ -1,2 +1 @@\n-\n-b\n+{'moor ' * 20}\n", 1, 2))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "u", "W")
        lines = [line.split() for line in visible(app.view)]
        assert lines[0][:4] == ["1", "−", "1", "+"]
        assert set(lines[1]) == set(lines[2]) == {"moor"}
        assert lines[3] == ["2", "−", "b"]


async def test_narrow_view_says_that_it_is_too_narrow() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        await press(pilot, "u")
        assert [notice.message for notice in app._notifications] == ["Side by side needs 100 columns; there are 59."]
        assert not app.view.split


async def test_white_space_is_shown_on_demand() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=(60, 12)) as pilot:
        await settled(pilot)
        await press(pilot, "w")
        assert visible(app.view)[0] == "  7   line·7"


async def test_place_is_kept_when_the_arrangement_changes() -> None:
    app = DiffApp(QUAY, NOTES)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.view.scroll_to(y=app.view.line_of(9), animate=False)
        first = visible(app.view)[0]
        assert first.endswith("⋯ 33 unchanged")
        for key in ("u", "w", "W", "u"):
            await press(pilot, key)
            assert visible(app.view)[0].endswith(first.strip())


async def test_keys_jump_from_change_to_change() -> None:
    app = DiffApp(QUAY, NOTES)
    async with app.run_test(size=(60, 6)) as pilot:
        await settled(pilot)
        tops = []
        for key in ("n", "n", "N", "n", "n"):
            await press(pilot, key)
            tops.append(visible(app.view)[2])
        assert tops[:4] == [" 10 − line 10", " 50 − line 50", " 10 − line 10", " 50 − line 50"]
        assert visible(app.view)[-1] == "  2 + moored"


async def test_keys_jump_from_file_to_file_and_the_spot_goes_along() -> None:
    app = DiffApp(NOTES, QUAY, NOTES)
    async with app.run_test(size=(60, 3)) as pilot:
        await settled(pilot)
        tops = []
        for key in ("]", "]", "["):
            await press(pilot, key)
            tops.append(visible(app.view)[0])
        assert tops == ["    M quay.py  +1  −2", "    A notes.md  +2", "    M quay.py  +1  −2"]
        await press(pilot, "j", "j")
        spot = app.view.file_position
        assert spot is not None
        assert (spot.change.path, spot.line) == ("/w/quay.py", 8)


async def test_other_changes_begin_at_their_top_and_the_same_stay() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=(60, 6)) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        top = visible(app.view)[0]
        app.show([QUAY, NOTES], stay=True)
        await settled(pilot)
        assert visible(app.view)[0] == top
        app.show([NOTES])
        await settled(pilot)
        assert visible(app.view)[0] == "   A notes.md  +2"


async def test_reading_a_large_diff_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_view, "_LARGE", 10)
    app = DiffApp()
    async with app.run_test(size=(60, 6)) as pilot:
        await settled(pilot)
        app.show([QUAY])
        assert visible(app.view)[0] == " reading …"
        await settled(pilot)
        assert visible(app.view)[0] == "  7   line 7"


async def test_what_was_asked_for_last_is_shown() -> None:
    app = DiffApp()
    async with app.run_test(size=(60, 6)) as pilot:
        for _ in range(5):
            app.show([QUAY])
            app.show([NOTES])
        await settled(pilot)
        assert visible(app.view)[0] == "   A notes.md  +2"


async def test_code_is_coloured_at_first_sight() -> None:
    app = DiffApp(Change(ChangeKind.MODIFY, "/w/tide.py", "@@ -1 +1 @@\n-return x\n+return y\n", 1, 1))
    async with app.run_test(size=(60, 6)) as pilot:
        await settled(pilot)
        keyword, plain = (segment.style for segment in app.view.render_line(0) if segment.text in ("return", " "))
        assert keyword is not None
        assert plain is not None
        assert keyword.color != plain.color


async def test_added_and_removed_lines_differ_in_every_theme() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=(60, 12)) as pilot:
        for theme in ("textual-dark", "textual-light", "ansi-dark", "ansi-light"):
            app.theme = theme
            await settled(pilot)
            looks = {
                (segment.style.color, segment.style.bgcolor)
                for y in (0, 3, 4)
                for segment in app.view.render_line(y)
                if segment.style and segment.text.startswith("line")
            }
            assert len(looks) == 3, theme
