"""Styles of tones in the terms of a theme, and a filter for terminals that draw ASCII only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from tui_monitor.tui.spans import Spans, Tone

STYLES: Mapping[Tone, str] = {
    Tone.TEXT: "$foreground",
    Tone.DIM: "$text-muted",
    Tone.OK: "$text-success",
    Tone.FAILED: "bold $text-error",
    Tone.REJECTED: "$text-warning",
    Tone.DOUBT: "bold $text-warning",
    Tone.RUNNING: "bold $text-success",
    Tone.HELD: "$text-warning",
    Tone.ASKS: "bold $text-warning",
    Tone.WAITS: "bold reverse $text-warning",
    Tone.AGENT: "$text-accent",
    Tone.ADDED: "$text-success",
    Tone.REMOVED: "$text-error",
    Tone.PROMPT: "bold $text-primary",
    Tone.COMPACTED: "bold $text-secondary",
    Tone.RETRY: "$text-accent",
}

TONE_PREFIX = "tone--"
"""Prefix of the component class of a tone."""

COMPONENTS = frozenset(TONE_PREFIX + tone for tone in Tone)


def content_of(lines: Iterable[Spans]) -> Content:
    """Return lines of spans as content for a Textual widget."""
    return Content("\n").join(Content.assemble(*((span.text, STYLES[span.tone]) for span in line)) for line in lines)


def css(widget: str) -> str:
    """Return the CSS rules for the component classes of a widget that paints tones itself."""
    rules = [f"{widget} > .{TONE_PREFIX}{tone} {{ {_declarations(style)} }}" for tone, style in STYLES.items()]
    return "\n".join([*rules, f"{widget}:ansi > .{TONE_PREFIX}{Tone.DIM} {{ text-style: dim; }}"])


def _declarations(style: str) -> str:
    *emphasis, colour = style.split()
    return f"color: {colour};" + (f" text-style: {' '.join(emphasis)};" if emphasis else "")


_SAME_WIDTH = (
    ("✓✗⊘▶▷◆·▸▾═›∼–—─↳×−“”→↻≥…█░┃◌◇⚠⏎↑↓←→⇧", '+xn>>=.>v=>~---\\*-"">@>~#.|o?!>^v<>^'),
    ("╭╮╰╯┌┐└┘├┤┼", "+++++++++++"),
    ("━▔▁▂│▎▊▌▐▏▕", "--__|||||||"),
    ("▃▄▅▆▇▀⋯↵", "######.<"),
)
_TABLE: Mapping[int, str] = {
    **{ord(drawn): plain for some, others in _SAME_WIDTH for drawn, plain in zip(some, others, strict=True)},
    ord("🔎"): "> ",
}
"""ASCII characters, of the same width, for each character that the monitor draws with."""


class AsciiOnly(LineFilter):
    """Replaces the monitor's own symbols by ASCII. Text of agents in another alphabet stays."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in ASCII."""
        return [segment._replace(text=to_ascii(segment.text)) for segment in segments]


def to_ascii(text: str) -> str:
    """Return a text of the same width with the monitor's own symbols replaced by ASCII."""
    return text.translate(_TABLE)
