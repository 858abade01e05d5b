"""Of a frame only what has changed is rendered, and it looks as if everything was."""

from __future__ import annotations

from random import Random

import pyte
from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static

from tui_monitor.tui.screens.compositor import PartialCompositor

SIZE = (60, 20)
TEXT = "\n".join(f"line {number} of a text that is wider than its place" for number in range(30))


class Counted(Static):
    """A text that counts the lines that are rendered of it."""

    lines = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.lines += crop.height
        return super().render_lines(crop)


class Panes(Screen[None]):
    """Panes beside and below each other, one that is scrolled, and one over all of them."""

    CSS = """
    #over { layer: above; width: 20; height: 5; offset: 15 4; background: red; }
    Panes { layers: below above; }
    #scrolled { overflow-y: scroll; border: round blue; width: 1fr; height: 1fr; }
    #right { width: 1fr; height: 100%; padding: 1 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._compositor = PartialCompositor()

    def compose(self) -> ComposeResult:
        with Horizontal():
            with Vertical(id="scrolled"):
                yield Counted(TEXT, id="left")
            yield Counted(TEXT, id="right")
        yield Static("over\nall", id="over")


class PanesApp(App[None]):
    """Shows the panes."""

    def on_mount(self) -> None:
        self.push_screen(Panes())


def drawn(update: ChopsUpdate | None) -> list[list[object]]:
    """Return the cells of an empty terminal after an update."""
    assert update is not None
    terminal = pyte.Screen(*SIZE)
    pyte.Stream(terminal).feed(update.render_segments(Console(width=SIZE[0], color_system="truecolor")))
    return [[terminal.buffer[y][x] for x in range(SIZE[0])] for y in range(SIZE[1])]


async def test_partial_update_is_that_of_a_full_rendering() -> None:
    random = Random(5)
    async with PanesApp().run_test(size=SIZE) as pilot:
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, Panes)
        screen.query_one("#scrolled").scroll_to(y=7, animate=False)
        await pilot.pause()
        compositor = screen._compositor
        for _ in range(60):
            width, height = random.randint(1, 30), random.randint(1, 6)
            dirty = {
                Region(random.randrange(SIZE[0] - width), random.randrange(SIZE[1] - height), width, height)
                for _ in range(random.randint(1, 4))
            }
            compositor._dirty_regions = set(dirty)
            ours = drawn(compositor.render_partial_update())
            compositor._dirty_regions = set(dirty)
            assert ours == drawn(Compositor.render_partial_update(compositor))


async def test_only_lines_that_have_changed_are_rendered() -> None:
    async with PanesApp().run_test(size=SIZE) as pilot:
        await pilot.pause()
        left, right = pilot.app.screen.query_one("#left", Counted), pilot.app.screen.query_one("#right", Counted)
        left.lines = right.lines = 0
        compositor = pilot.app.screen._compositor
        compositor._dirty_regions = {Region(2, 3, 10, 2)}
        assert compositor.render_partial_update()
        assert (left.lines, right.lines) == (2, 0)
