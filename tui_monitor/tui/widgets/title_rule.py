"""A rule with a title at its left and a short text at its right, between panes."""

from __future__ import annotations

from rich.cells import cell_len

from tui_monitor.tui.spans import Spans, TextSpan, Tone, cut_end, to_width
from tui_monitor.tui.widgets.span_text import SpanText


class TitleRule(SpanText):
    """One line, drawn heavy and in another colour while its pane is focused."""

    DEFAULT_CSS = """
    TitleRule { height: 1; }
    """

    def __init__(self, title: str = "", *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id)
        self._title, self._aside, self._focused = title, "", False

    def update(self, title: str | None = None, aside: str | None = None, focused: bool | None = None) -> None:
        """Update the given parts; None keeps a part."""
        self._title = self._title if title is None else title
        self._aside = self._aside if aside is None else aside
        self._focused = self._focused if focused is None else focused
        self._draw()

    def on_resize(self) -> None:
        """Compose the line for the new width."""
        self._draw()

    def _draw(self) -> None:
        if self.size.width:
            self.show([rule(self._title, self._aside, self._focused, self.size.width)])


def rule(title: str, aside: str, focused: bool, width: int) -> Spans:
    """Return ``── Activity ─────────────────────── 146 calls · 5 ✗ ──``; the whole line stands out if ``focused``."""
    line, tone, title_tone = ("━", Tone.PROMPT, Tone.PROMPT) if focused else ("─", Tone.DIM, Tone.TEXT)
    right = f" {aside} {line}{line}" if aside else ""
    room = width - cell_len(right) - 6
    if room < 8:
        right, room = "", width - 6
    head = cut_end(title, max(0, room))
    middle = line * max(0, width - cell_len(head) - cell_len(right) - 4)
    spans = (TextSpan(f"{line}{line} ", tone), TextSpan(head, title_tone), TextSpan(f" {middle}{right}", tone))
    return to_width(spans, width)
