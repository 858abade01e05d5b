"""Lines of spans take the room they need, whenever they change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Container

from tui_monitor.sources.discovery.find import SearchRoot
from tui_monitor.sources.stream.adapter import Stream
from tui_monitor.tui.spans import Spans, TextSpan
from tui_monitor.tui.tones import TonedApp
from tui_monitor.tui.widgets.empty import EmptyCard, SearchReport
from tui_monitor.tui.widgets.span_text import SpanText


class CardApp(TonedApp):
    """A text in a frame that is as large as the text."""

    CSS = "#card { width: auto; height: auto; }"

    def __init__(self, text: SpanText) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        with Container(id="card"):
            yield self.text

    def lay_out(self) -> None:
        """Do what Textual does when the terminal reports its size for the first time."""
        for widget in (self.query_one("#card"), self.screen):
            widget._clear_arrangement_cache()
            widget._box_model_cache.clear()
        self.screen._refresh_layout(self.size)


def lines(count: int) -> Sequence[Spans]:
    return [(TextSpan(f"line {number}"),) for number in range(count)]


async def test_height_follows_the_lines() -> None:
    app = CardApp(SpanText())
    async with app.run_test() as pilot:
        assert app.text.size.height == 0
        for count in (3, 1, 9):
            app.text.show(lines(count))
            await pilot.pause()
            assert (app.text.size.height, app.query_one("#card").size.height) == (count, count)


async def test_layout_between_two_changes_does_not_keep_the_old_size() -> None:
    card = EmptyCard()
    app = CardApp(card)
    roots = [SearchRoot(Stream(), Path(f"/home/ada/{name}"), 1) for name in ("logs", "sessions")]
    async with app.run_test() as pilot:
        card.update(SearchReport(Path("/home/ada")), 60, 24)
        app.lay_out()
        card.update(SearchReport(Path("/home/ada"), True, roots), 60, 24)
        await pilot.pause()
        assert (card.size.width > 50, card.size.height) == (True, 9)


async def test_card_becomes_wider_with_its_lines() -> None:
    card = EmptyCard()
    app = CardApp(card)
    async with app.run_test() as pilot:
        widths = []
        for note in ("/srv/a does not exist", "/srv/a/much/longer/path does not exist at all"):
            card.update(SearchReport(Path("/home/ada"), True, (), (note,)), 60, 24)
            await pilot.pause()
            widths.append(card.size.width)
        assert widths == [39, 45]
