"""Styles of tones in the terms of a theme, and a filter for terminals that draw ASCII only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from tui_monitor.tui.spans import Spans, Tone
from tui_monitor.tui.themes import DEFAULT, OWN_THEMES, variables_of

STYLES: Mapping[Tone, str] = {
    Tone.TEXT: "$tone-foreground",
    Tone.DIM: "$tone-dim",
    Tone.LINE: "$tone-line",
    Tone.KEY: "bold $tone-foreground",
    Tone.FOCUS: "bold $tone-focus",
    Tone.LEVEL: "$tone-level",
    Tone.HIT: "bold $tone-background",
    Tone.OK: "$tone-ok",
    Tone.FAILED: "bold $tone-failed",
    Tone.REJECTED: "bold $tone-dim",
    Tone.DOUBT: "bold $tone-you",
    Tone.RUNNING: "bold $tone-ok",
    Tone.HELD: "$tone-you",
    Tone.ASKS: "bold $tone-you",
    Tone.WAITS: "bold reverse $tone-you",
    Tone.THINKING: "$tone-thinking",
    Tone.AGENT: "$tone-agent",
    Tone.ADDED: "$tone-added",
    Tone.REMOVED: "$tone-removed",
    Tone.PROMPT: "bold $tone-turn",
    Tone.COMPACTED: "bold $tone-foreground",
    Tone.RETRY: "$tone-retry",
}


class TonedApp(App[None]):
    """An app whose themes have the colours of all tones."""

    def __init__(self) -> None:
        super().__init__()
        for theme in OWN_THEMES.values():
            self.register_theme(theme)
        self.theme = DEFAULT

    def get_css_variables(self) -> dict[str, str]:
        """Return the variables of a theme with the colours of tones, readable in any."""
        variables = super().get_css_variables()
        variables.update(variables_of(self.current_theme, variables))
        self.theme_variables = variables
        return variables


TONE_PREFIX = "tone--"
"""Prefix of the component class of a tone."""


def content_of(lines: Iterable[Spans]) -> Content:
    """Return lines of spans as content for a Textual widget."""
    return Content("\n").join(Content.assemble(*((span.text, STYLES[span.tone]) for span in line)) for line in lines)


def css(widget: str) -> str:
    """Return the CSS rules for the component classes of a widget that paints tones itself."""
    rules = [f"{widget} > .{TONE_PREFIX}{tone} {{ {_declarations(style)} }}" for tone, style in STYLES.items()]
    faint = [f"{widget}:ansi > .{TONE_PREFIX}{tone} {{ text-style: dim; }}" for tone in (Tone.DIM, Tone.LINE)]
    hits = [
        f"{widget} > .{TONE_PREFIX}{Tone.HIT} {{ background: $tone-level; }}",
        f"{widget}:ansi > .{TONE_PREFIX}{Tone.HIT} {{ background: ansi_default; text-style: bold underline; }}",
        f"{widget}:nocolor > .{TONE_PREFIX}{Tone.HIT} {{ text-style: bold underline; }}",
    ]
    return "\n".join([*rules, *faint, *hits])


def _declarations(style: str) -> str:
    *emphasis, colour = style.split()
    return f"color: {colour};" + (f" text-style: {' '.join(emphasis)};" if emphasis else "")


_SAME_WIDTH = (
    ("✓✗⊘▶▷◆·▸▾═›∼–—─↳×−“”→↻≥…█░┃◌◇⚠⏎↑↓←→⇧", '+xn>>=.>v=>~---\\*-"">@>~#.|o?!>^v<>^'),
    ("╭╮╰╯┌┐└┘├┤┼", "+++++++++++"),
    ("━▔▁▂│▎▊▌▐▏▕", "=-__|||||||"),
    ("▃▄▅▆▇▀⋯↵", "######.<"),
)
_TABLE: Mapping[int, str] = {
    **{ord(drawn): plain for some, others in _SAME_WIDTH for drawn, plain in zip(some, others, strict=True)},
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
