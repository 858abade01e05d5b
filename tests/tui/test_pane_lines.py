"""The rows of a pane: cursor, keys, mouse, and what is painted again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from textual.app import ComposeResult
from textual.pilot import Pilot

from tui_monitor.tui.panes.content import FileTarget, PaneContent, PaneRow, RecordRows, Section, text_section
from tui_monitor.tui.spans import TextSpan
from tui_monitor.tui.tones import TonedApp
from tui_monitor.tui.widgets.pane_lines import PaneLines


def row(name: str, size: int = 0) -> PaneRow:
    return PaneRow(name, ((TextSpan(name),), (TextSpan(f"{size:,}"),)), FileTarget(name))


def table(*names: str) -> PaneContent:
    return [Section([row(name) for name in names], ("file", "size"))]


class PaneApp(TonedApp):
    """Shows the rows alone, and records what they ask for and which lines they paint."""

    def __init__(self, content: PaneContent) -> None:
        super().__init__()
        self.content = content
        self.rows = CountingLines()
        self.asked: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        yield self.rows

    def on_mount(self) -> None:
        self.rows.show(self.content)

    def on_pane_lines_opened(self, message: PaneLines.Opened) -> None:
        self.asked.append((message.action, message.row.target))


class CountingLines(PaneLines):
    """Counts its painted lines."""

    painted = 0

    def render_line(self, y: int):  # type: ignore[no-untyped-def]
        self.painted += 1
        return super().render_line(y)


@asynccontextmanager
async def shown(content: PaneContent, size: tuple[int, int] = (40, 8)) -> AsyncIterator[tuple[PaneApp, Pilot[None]]]:
    app = PaneApp(content)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def lines(app: PaneApp) -> list[str]:
    """Return the visible text without the scroll bar."""
    return [strip.text[:-1].rstrip() for strip in app.screen._compositor.render_strips()]


def names(count: int) -> Sequence[str]:
    return [f"f{number}" for number in range(count)]


async def test_keys_move_the_cursor_and_ask_for_its_row() -> None:
    async with shown(table("a", "b", "c")) as (app, pilot):
        assert app.rows.position == (1, 3)
        await pilot.press("j", "enter", "G", "e", "k", "k", "k", "y")
        assert app.asked == [("open", FileTarget("b")), ("edit", FileTarget("c")), ("copy", FileTarget("a"))]


async def test_cursor_stays_on_its_row_when_rows_are_reordered() -> None:
    async with shown(table("a", "b", "c")) as (app, pilot):
        await pilot.press("j")
        app.rows.show(table("b", "c", "a"))
        assert app.rows.row == row("b")
        app.rows.show(table("c", "a"))
        assert app.rows.row == row("c")
        app.rows.show(table("d", "b", "e"))
        assert app.rows.position[1] == 3


async def test_cursor_stays_on_the_first_row_until_a_person_comes() -> None:
    async with shown(table("a", "b")) as (app, pilot):
        app.set_focus(None)
        app.rows.restart()
        app.rows.show(table("b", "a"))
        assert app.rows.row == row("b")
        app.rows.focus()
        await pilot.pause()
        app.rows.show(table("a", "b"))
        assert app.rows.row == row("b")


async def test_row_keeps_its_line_while_rows_are_added_above() -> None:
    async with shown(table(*names(40))) as (app, pilot):
        await pilot.press(*["j"] * 20)
        await pilot.pause()
        before = next(y for y, line in enumerate(lines(app)) if line.startswith(" f20"))
        app.rows.show(table(*(f"n{number}" for number in range(5)), *names(40)))
        await pilot.pause()
        assert lines(app)[before].startswith(" f20")


async def test_heading_stays_on_top_and_covers_no_selected_row() -> None:
    async with shown(table(*names(40))) as (app, pilot):
        await pilot.press("G")
        await pilot.pause()
        assert lines(app)[0].split() == ["file", "size"]
        assert lines(app)[-1].startswith(" f39")
        await pilot.press(*["k"] * 12)
        await pilot.pause()
        assert lines(app)[0].split() == ["file", "size"]
        assert lines(app)[1].startswith(" f27")
        await pilot.press("g")
        await pilot.pause()
        assert [line.split()[0] for line in lines(app)[:2]] == ["file", "f0"]


async def test_clicked_row_is_selected_then_opened() -> None:
    async with shown(table("a", "b", "c")) as (app, pilot):
        await pilot.click(app.rows, offset=(3, 3))
        assert (app.rows.row, app.asked) == (row("c"), [])
        await pilot.click(app.rows, offset=(3, 3))
        await pilot.click(app.rows, offset=(3, 0))
        assert app.asked == [("open", FileTarget("c"))]


async def test_lines_to_read_scroll() -> None:
    words = text_section([(TextSpan(f"line {number}"),) for number in range(30)])
    async with shown([words]) as (app, pilot):
        await pilot.press("j", "j", "enter")
        await pilot.pause()
        assert (lines(app)[0], app.rows.position, app.asked) == (" line 2", (0, 0), [])
        await pilot.press("pagedown")
        await pilot.pause()
        assert lines(app)[0] == " line 9"
        await pilot.press("G")
        await pilot.pause()
        assert lines(app)[-1] == " line 29"


async def test_columns_move_into_view() -> None:
    wide = [Section([PaneRow("a", tuple((TextSpan(f"cell {number}"),) for number in range(9)))])]
    async with shown(wide) as (app, pilot):
        left, right = app.rows.hidden_columns
        assert left == 0 < right
        await pilot.press(*["right"] * 20)
        assert app.rows.hidden_columns[1] == 0
        await pilot.pause()
        assert lines(app)[0].startswith(" cell 0")
        assert "cell 8" in lines(app)[0]
        await pilot.press(*["left"] * 20)
        assert app.rows.hidden_columns == (0, right)


async def test_columns_of_the_selected_row_without_room_stand_below_the_rows() -> None:
    columns = ("name", "requests", "context", "cost")
    rows = [
        PaneRow(name, tuple(map(_cell, (name, "1,234,567,890", "45,678", cost))))
        for name, cost in (("a", "$1"), ("b", "$2"))
    ]
    async with shown([Section(rows, columns)], (26, 8)) as (app, pilot):
        assert [line.strip() for line in lines(app)[3:5]] == ["", "context 45,678  cost $1"]
        await pilot.press("down")
        await pilot.pause()
        assert lines(app)[4].strip() == "context 45,678  cost $2"


async def test_rows_leave_no_room_for_what_stands_below_them() -> None:
    rows = [PaneRow(name, tuple(map(_cell, (name, "1,234", "45,678", "$1")))) for name in "abcdefgh"]
    async with shown([Section(rows)], (24, 8)) as (app, _):
        assert all("1,234" in line for line in lines(app))


def _cell(text: str) -> tuple[TextSpan, ...]:
    return (TextSpan(text),)


async def test_only_changed_lines_are_painted_again() -> None:
    async with shown(table("a", "b", "c")) as (app, pilot):
        app.rows.painted = 0
        app.rows.show(table("a", "b", "c"))
        await pilot.pause()
        assert app.rows.painted == 0
        app.rows.show([Section([row("a"), row("b", 7), row("c")], ("file", "size"))])
        await pilot.pause()
        assert app.rows.painted == 1


async def test_ten_thousand_rows_are_walked_like_ten() -> None:
    made: list[int] = []

    def counted(number: int) -> PaneRow:
        made.append(number)
        return row(f"f{number}", number)

    async with shown([Section(RecordRows(range(10_000), counted), ("file", "size"))]) as (app, pilot):
        await pilot.press("G", "k", "k")
        await pilot.pause()
        assert app.rows.position == (9_998, 10_000)
        assert lines(app)[0].split() == ["file", "size"]
        made.clear()
        app.rows.show(app.content)
        app.rows.show([Section(RecordRows(range(10_000), counted), ("file", "size"))])
        assert len(made) < 1_000
