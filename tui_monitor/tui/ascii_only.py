"""The whole screen for terminals that draw nothing but ASCII."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SAME_WIDTH = (
    ("✓✗⊘▶▷◆·▸▾═›∼–─↳×−“”→↻≥…█░┃◌◇⚠⏎↑↓←→⇧", '+xn>>=.>v=>~--\\*-"">@>~#.|o?!>^v<>^'),
    ("╭╮╰╯┌┐└┘├┤┼", "+++++++++++"),
    ("━▔▁▂│▎▊▌▐▏▕", "--__|||||||"),
    ("▃▄▅▆▇▀⋯↵", "######.<"),
)
_TABLE: Mapping[int, str] = {
    **{ord(drawn): plain for some, others in _SAME_WIDTH for drawn, plain in zip(some, others, strict=True)},
    ord("🔎"): "> ",
}
"""Each character that the monitor draws with, and as many cells of ASCII that stand for it."""


class AsciiOnly(LineFilter):
    """Replaces what the monitor draws with. What agents write in their own alphabet stays."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line in plainer characters."""
        return [segment._replace(text=to_ascii(segment.text)) for segment in segments]


def to_ascii(text: str) -> str:
    """Return a text of the same width in which ASCII stands for what the monitor draws with."""
    return text.translate(_TABLE)
