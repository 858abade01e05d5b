"""The view of a long text: wrapped, scrolled, selected."""

from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection

from tests.tui.view_app import ViewApp, press, settle, visible
from tui_monitor.tui.lines.document import TextSection
from tui_monitor.tui.widgets import line_view
from tui_monitor.tui.widgets.line_view import TextView

TALE = "the tide turns at noon and the ship leaves the quay"
COUNT = "\n".join(f"line {number}" for number in range(100))


class TextApp(ViewApp[TextView]):
    """Shows the given sections."""

    def __init__(self, *texts: str) -> None:
        super().__init__(TextView())
        self.texts = texts

    def on_mount(self) -> None:
        super().on_mount()
        self.view.show(map(TextSection.of, self.texts))


async def test_text_wraps_at_words_and_with_the_width() -> None:
    app = TextApp(TALE)
    async with app.run_test(size=(24, 5)) as pilot:
        await settle(pilot)
        assert visible(app.view)[:3] == [" the tide turns at noon", " and the ship leaves", " the quay"]
        await pilot.resize_terminal(40, 5)
        await settle(pilot)
        assert visible(app.view)[:2] == [" the tide turns at noon and the ship", " leaves the quay"]


async def test_unwrapped_text_scrolls_sideways() -> None:
    app = TextApp(TALE, "漢字かな" * 10)
    async with app.run_test(size=(24, 5)) as pilot:
        await press(pilot, "W", "l")
        assert visible(app.view)[:2] == ["  turns at noon and the", " 漢字かな漢字かな漢字か"]
        await press(pilot, "h")
        assert visible(app.view)[0] == " the tide turns at noon"


async def test_sideways_keys_are_left_to_the_parent_if_nothing_is_cut() -> None:
    class BoundApp(TextApp):
        BINDINGS = [("h,left,l,right", "count", "")]  # noqa: RUF012  # as Textual declares it
        presses = 0

        def action_count(self) -> None:
            self.presses += 1

    app = BoundApp("short")
    async with app.run_test(size=(24, 5)) as pilot:
        await press(pilot, "l", "left")
        assert app.presses == 2


async def test_keys_scroll() -> None:
    app = TextApp(COUNT)
    async with app.run_test(size=(24, 10)) as pilot:
        await settle(pilot)
        for keys, first in (
            ("j down", 2),
            ("k up", 0),
            ("pagedown", 10),
            ("ctrl+d", 15),
            ("ctrl+u pageup", 0),
            ("G", 90),
            ("g", 0),
            ("end", 90),
            ("home", 0),
        ):
            await press(pilot, *keys.split())
            assert visible(app.view)[0] == f" line {first}"


async def test_top_line_stays_at_a_new_layout() -> None:
    app = TextApp("\n".join(f"{number} {TALE}" for number in range(50)))
    async with app.run_test(size=(40, 10)) as pilot:
        await settle(pilot)
        app.view.scroll_to(y=app.view.line_of(20), animate=False)
        for size in ((25, 10), (90, 8), (40, 10)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert visible(app.view)[0].startswith(" 20 the tide")
        await press(pilot, "W")
        assert visible(app.view)[0].startswith(" 20 the tide")


async def test_text_starts_at_the_given_line() -> None:
    app = TextApp(COUNT)
    async with app.run_test(size=(24, 10)) as pilot:
        await settle(pilot)
        app.view.show([TextSection.of(f"{COUNT}\nmore")], 10)
        assert visible(app.view)[0] == " line 10"
        app.view.show([TextSection.of(COUNT)])
        assert visible(app.view)[0] == " line 0"


async def test_text_set_while_hidden_is_shown_later() -> None:
    app = TextApp()
    async with app.run_test(size=(24, 5)) as pilot:
        app.view.display = False
        await settle(pilot)
        app.view.show([TextSection.of(TALE)])
        app.view.display = True
        await settle(pilot)
        assert visible(app.view)[0] == " the tide turns at noon"


async def test_many_lines_are_wrapped_by_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_view, "_MANY_ROWS", 10)
    app = TextApp()
    async with app.run_test(size=(24, 5)) as pilot:
        await settle(pilot)
        app.view.show([TextSection.of(f"{TALE}\n" * 20)])
        assert visible(app.view)[1] == " the tide turns at noon"
        await settle(pilot)
        assert visible(app.view)[1] == " and the ship leaves"


async def test_late_layout_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_view, "_MANY_ROWS", 10)
    app = TextApp(f"{TALE}\n" * 20)
    async with app.run_test(size=(24, 5)) as pilot:
        app.view.show([TextSection.of("short")])
        await settle(pilot)
        assert visible(app.view)[:2] == [" short", ""]


async def test_line_of_a_megabyte_is_shown() -> None:
    app = TextApp("ship " * 200_000)
    async with app.run_test(size=(24, 5)) as pilot:
        await settle(pilot)
        await press(pilot, "G")
        assert visible(app.view)[-2] == " ship ship ship ship"


async def test_selected_text() -> None:
    app = TextApp(TALE, "漢字 and more")
    async with app.run_test(size=(24, 6)) as pilot:
        await settle(pilot)
        text = app.view.get_selection(Selection(Offset(4, 0), Offset(2, 3)))
        assert text == (f"{TALE[4:]}\n漢字", "\n")
        assert app.view.get_selection(SELECT_ALL) == (f"{TALE}\n漢字 and more\n", "\n")


async def test_text_is_selected_with_the_mouse() -> None:
    app = TextApp(TALE)
    async with app.run_test(size=(24, 6)) as pilot:
        await settle(pilot)
        await pilot.mouse_down(offset=(5, 0))
        await pilot.hover(offset=(3, 1))
        await pilot.mouse_up(offset=(3, 1))
        await settle(pilot)
        assert app.screen.get_selected_text() == "tide turns at noon and"
        plain, *marked = (
            segment.style for segment in app.view.render_line(0) if segment.style and segment.text.strip()
        )
        assert {style.bgcolor for style in marked} != {plain.bgcolor}


async def test_no_control_sequence_is_painted() -> None:
    app = TextApp("\x1b[2Jgone\x07 \u202eback\x9b31m")
    async with app.run_test(size=(24, 5)) as pilot:
        await settle(pilot)
        assert visible(app.view)[0] == " gone␇ back"


async def test_markup_is_painted_as_text() -> None:
    app = TextApp("[bold]not[/bold] [@click=app.bell]me[/]")
    async with app.run_test(size=(60, 5)) as pilot:
        await settle(pilot)
        assert visible(app.view)[0] == " [bold]not[/bold] [@click=app.bell]me[/]"
