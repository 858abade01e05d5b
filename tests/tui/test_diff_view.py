"""The view of a diff: unified and side by side, file by file, change by change."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.tui.diff.patches import patch
from tests.tui.view_app import ViewApp, press, settle, visible
from tui_monitor.events import Change, ChangeKind
from tui_monitor.tui.widgets import diff_view
from tui_monitor.tui.widgets.diff_view import SPLIT_WIDTH, DiffView

OLD = "".join(f"line {number}\n" for number in range(1, 61))
NEW = OLD.replace("line 10\n", "line ten\n").replace("line 50\n", "")
QUAY = Change(ChangeKind.MODIFY, "/w/quay.py", patch(OLD, NEW), 1, 2)
NOTES = Change(ChangeKind.CREATE, "/w/notes.md", "@@ -0,0 +1,2 @@\n+# Notes\n+moored\n", 2)
WIDE = (SPLIT_WIDTH + 1, 6)


class DiffApp(ViewApp[DiffView]):
    """Shows the given changes."""

    def __init__(self, *changes: Change) -> None:
        super().__init__(DiffView())
        self.changes = changes

    def on_mount(self) -> None:
        super().on_mount()
        self.show(self.changes)

    def show(self, changes: Iterable[Change], *, stay: bool = False) -> None:
        """Show changes, with paths relative to their folder."""
        self.view.show(changes, lambda path: path.removeprefix("/w/"), stay=stay)


async def test_only_several_changes_have_titles() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=(60, 12)) as pilot:
        await settle(pilot)
        assert visible(app.view)[0] == "  7   line 7"
        app.show([QUAY, NOTES])
        await settle(pilot)
        assert visible(app.view)[0] == "    M quay.py  +1  −2"


async def test_hunks_are_separated_by_gaps() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        assert visible(app.view)[3:9] == [
            " 10 − line 10",
            " 10 + line ten",
            " 11   line 11",
            " 12   line 12",
            " 13   line 13",
            "      ⋯ 33 unchanged",
        ]


async def test_two_columns_follow_the_key_and_the_width() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "u")
        assert visible(app.view)[3].split() == ["10", "−", "line", "10", "10", "+", "line", "ten"]
        await pilot.resize_terminal(60, 12)
        await settle(pilot)
        assert visible(app.view)[3] == " 10 − line 10"
        await pilot.resize_terminal(*WIDE)
        await settle(pilot)
        assert visible(app.view)[3].endswith("line ten")
        await press(pilot, "u")
        assert visible(app.view)[3] == " 10 − line 10"


async def test_both_columns_scroll_sideways_together() -> None:
    app = DiffApp(Change(ChangeKind.MODIFY, "a.txt", f"@@ -1 +1 @@\n-{'0123456789' * 8}\n+{'abcdefghij' * 8}\n", 1, 1))
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "u", "l")
        _, _, old, _, _, new = visible(app.view)[0].split()
        assert (old[:2], new[:2]) == ("89", "ij")


async def test_columns_wrap_separately_below_one_number() -> None:
    app = DiffApp(Change(ChangeKind.MODIFY, "a.txt", f"@@ -1,2 +1 @@\n-\n-b\n+{'moor ' * 20}\n", 1, 2))
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "u", "W")
        lines = [line.split() for line in visible(app.view)]
        assert lines[0][:4] == ["1", "−", "1", "+"]
        assert set(lines[1]) == set(lines[2]) == {"moor"}
        assert lines[3] == ["2", "−", "b"]


async def test_notice_in_a_view_too_narrow_for_two_columns() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=(60, 12)) as pilot:
        await settle(pilot)
        await press(pilot, "u")
        assert [notice.message for notice in app._notifications] == ["Side by side needs 100 columns; there are 59."]
        assert not app.view.split


async def test_white_space_can_be_shown() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=(60, 12)) as pilot:
        await settle(pilot)
        await press(pilot, "w")
        assert visible(app.view)[0] == "  7   line·7"


async def test_position_stays_when_the_arrangement_changes() -> None:
    app = DiffApp(QUAY, NOTES)
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        app.view.scroll_to(y=app.view.line_of(9), animate=False)
        first = visible(app.view)[0]
        assert first.endswith("⋯ 33 unchanged")
        for key in ("u", "w", "W", "u"):
            await press(pilot, key)
            assert visible(app.view)[0].endswith(first.strip())


async def test_keys_jump_from_change_to_change() -> None:
    app = DiffApp(QUAY, NOTES)
    async with app.run_test(size=(60, 6)) as pilot:
        await settle(pilot)
        tops = []
        for key in ("n", "n", "N", "n", "n"):
            await press(pilot, key)
            tops.append(visible(app.view)[2])
        assert tops[:4] == [" 10 − line 10", " 50 − line 50", " 10 − line 10", " 50 − line 50"]
        assert visible(app.view)[-1] == "  2 + moored"


async def test_keys_jump_from_file_to_file_with_the_file_position() -> None:
    app = DiffApp(NOTES, QUAY, NOTES)
    async with app.run_test(size=(60, 3)) as pilot:
        await settle(pilot)
        tops = []
        for key in ("]", "]", "["):
            await press(pilot, key)
            tops.append(visible(app.view)[0])
        assert tops == ["    M quay.py  +1  −2", "    A notes.md  +2", "    M quay.py  +1  −2"]
        await press(pilot, "j", "j")
        spot = app.view.file_position
        assert spot is not None
        assert (spot.change.path, spot.line) == ("/w/quay.py", 8)


async def test_other_changes_start_at_the_top_and_the_same_stay() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=(60, 6)) as pilot:
        await settle(pilot)
        await press(pilot, "n")
        top = visible(app.view)[0]
        app.show([QUAY, NOTES], stay=True)
        await settle(pilot)
        assert visible(app.view)[0] == top
        app.show([NOTES])
        await settle(pilot)
        assert visible(app.view)[0] == "   A notes.md  +2"


async def test_notice_while_a_large_diff_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_view, "_LARGE", 10)
    app = DiffApp()
    async with app.run_test(size=(60, 6)) as pilot:
        await settle(pilot)
        app.show([QUAY])
        assert visible(app.view)[0] == " reading …"
        await settle(pilot)
        assert visible(app.view)[0] == "  7   line 7"


async def test_latest_request_is_shown() -> None:
    app = DiffApp()
    async with app.run_test(size=(60, 6)) as pilot:
        for _ in range(5):
            app.show([QUAY])
            app.show([NOTES])
        await settle(pilot)
        assert visible(app.view)[0] == "   A notes.md  +2"


async def test_code_is_coloured_at_once() -> None:
    app = DiffApp(Change(ChangeKind.MODIFY, "/w/tide.py", "@@ -1 +1 @@\n-return x\n+return y\n", 1, 1))
    async with app.run_test(size=(60, 6)) as pilot:
        await settle(pilot)
        keyword, plain = (segment.style for segment in app.view.render_line(0) if segment.text in ("return", " "))
        assert keyword is not None
        assert plain is not None
        assert keyword.color != plain.color


async def test_added_and_removed_lines_differ_in_every_theme() -> None:
    app = DiffApp(QUAY)
    async with app.run_test(size=(60, 12)) as pilot:
        for theme in (
            "monitor-dark",
            "monitor-light",
            "high-contrast",
            "color-blind",
            "textual-light",
            "ansi-dark",
            "ansi-light",
        ):
            app.theme = theme
            await settle(pilot)
            looks = {
                (segment.style.color, segment.style.bgcolor)
                for y in (0, 3, 4)
                for segment in app.view.render_line(y)
                if segment.style and segment.text.startswith("line")
            }
            assert len(looks) == 3, theme
