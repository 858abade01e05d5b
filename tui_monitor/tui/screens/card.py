"""A card over the screen: signs, keys or names with their explanations; any of the usual keys closes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import ClassVar, TypeAlias

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.getters import query_one
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_monitor.tui.screens.backdrop import Backdrop
from tui_monitor.tui.spans import Spans, TextSpan
from tui_monitor.tui.tones import content_of

LINE = 76
"""Cells of a line; longer lines are tiring to read."""
FRAME = 8
"""Columns of border, padding and scroll bar."""
TICK_S = 1.0

LinesOf: TypeAlias = Callable[[int], list[Spans]]
"""Returns the lines of a card in at most so many cells."""


class CardScreen(ModalScreen[None]):
    """Shows the lines that a function returns, under a title; they are kept up to date if they are ``live``."""

    DEFAULT_CSS = """
    CardScreen { align: center middle; }
    CardScreen > VerticalScroll {
        width: auto; max-width: 100%; height: auto; max-height: 90%; scrollbar-size-vertical: 1;
        border: round $border; padding: 0 2; background: $surface;
        border-title-color: $border; border-title-style: bold;
    }
    CardScreen Static { width: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,i,enter", "dismiss", "Close"),
    ]

    text = query_one(Static)

    def __init__(self, title: str, lines: LinesOf, live: bool = False) -> None:
        super().__init__()
        self._card_title = title
        self._lines = lines
        self._live = live

    def render(self) -> RenderableType:
        """Return what is behind the card."""
        behind = super().render()
        return Backdrop(behind.screen, behind.color) if isinstance(behind, BackgroundScreen) else behind

    def compose(self) -> ComposeResult:
        with VerticalScroll() as frame:
            frame.border_title = self._card_title
            yield Static(content_of(self._lines(self._width)))

    def on_mount(self) -> None:
        """Keep the lines up to date."""
        if self._live:
            self.set_interval(TICK_S, self._refresh)

    def _refresh(self) -> None:
        self.text.update(content_of(self._lines(self._width)))

    @property
    def _width(self) -> int:
        return self.app.size.width - FRAME


def explanations(pairs: Sequence[tuple[TextSpan, str | Spans]], width: int) -> list[Spans]:
    """Return each sign with its explanation beside it, on as many lines as that takes; one of spans stays as it is."""
    column = max((len(sign.text) for sign, _ in pairs), default=0) + 2
    lines: list[Spans] = []
    for sign, explanation in pairs:
        head = TextSpan(sign.text.ljust(column), sign.tone)
        if not isinstance(explanation, str):
            lines.append((head, *explanation))
            continue
        first, *others = wrap(explanation, max(8, min(LINE, width - column))) or [""]
        lines.append((head, TextSpan(first)))
        lines += [(TextSpan(" " * column + other),) for other in others]
    return lines
