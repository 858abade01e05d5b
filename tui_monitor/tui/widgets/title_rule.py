"""The title of a pane at its left and a short text at its right: a rule, or the upper edge of a frame."""

from __future__ import annotations

from rich.cells import cell_len
from textual.containers import Vertical

from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, cut_start, to_width
from tui_monitor.tui.widgets.span_text import SpanText

PLAIN, FRAMED = ("── ", " ──"), ("╭─ ", " ─╮")
"""Both ends of the line."""
LEAST_PATH = 12
"""Cells of a path, of which the end is kept."""


class Frame(Vertical):
    """The rest of the frame below a `TitleRule`, in wide screens."""


class TitleRule(SpanText):
    """One line; it is marked while its pane is focused."""

    DEFAULT_CSS = """
    TitleRule { height: 1; }
    """

    def __init__(self, title: str = "", *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id)
        self._title, self._aside, self._focused, self._framed = title, "", False, False

    def update(
        self,
        title: str | None = None,
        aside: str | None = None,
        focused: bool | None = None,
        framed: bool | None = None,
    ) -> None:
        """Update the given parts; None keeps a part."""
        self._title = self._title if title is None else title
        self._aside = self._aside if aside is None else aside
        self._focused = self._focused if focused is None else focused
        self._framed = self._framed if framed is None else framed
        self._draw()

    def on_resize(self) -> None:
        """Compose the line for the new width."""
        self._draw()

    def _draw(self) -> None:
        if self.size.width:
            self.show([rule(self._title, self._aside, self._focused, self.size.width, self._framed)])


def rule(title: str, aside: str, focused: bool, width: int, framed: bool = False) -> Spans:
    """Return ``── Activity ─────────────────────── 146 calls · 5 ✗ ──``, bright and heavy if ``focused``."""
    left, right = FRAMED if framed else PLAIN
    edge = Tone.FOCUS if focused else Tone.LINE
    tail = f" {aside}" if aside else ""
    room = width - cell_len(left) - cell_len(right) - 2
    if room - cell_len(tail) < 8:
        tail = ""
    head = _fit(title, max(0, room - cell_len(tail)))
    line = "─" * max(0, room + 1 - cell_len(head) - cell_len(tail))
    if focused and not framed:
        left, right, line = (part.replace("─", "━") for part in (left, right, line))
    spans = (TextSpan(left, edge), TextSpan(head, Tone.FOCUS if focused else Tone.TEXT), TextSpan(f" {line}", edge))
    end = (
        (TextSpan(tail, Tone.DIM), TextSpan(right, edge))
        if tail
        else (TextSpan(right.replace(" ", line[:1] or "─"), edge),)
    )
    return to_width((*spans, *end), width)


def _fit(title: str, width: int) -> str:
    """Return a title in at most ``width`` cells: of a path, which stands between two blanks, the end is kept, and so is
    what follows it."""
    word, gap, rest = title.partition("  ")
    path, end_gap, end = rest.partition("  ")
    room = width - cell_len(f"{word}{gap}{end_gap}{end}")
    if cell_len(title) <= width or "/" not in path or " " in path or room < LEAST_PATH:
        return cut_end(title, width)
    return f"{word}{gap}{cut_start(path, room)}{end_gap}{end}"
