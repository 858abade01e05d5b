"""Styles of tones in the terms of a theme, and a filter for terminals that draw ASCII only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter
from textual.theme import Theme

from tui_monitor.tui.spans import Spans, Tone

STYLES: Mapping[Tone, str] = {
    Tone.TEXT: "$foreground",
    Tone.DIM: "$text-muted",
    Tone.OK: "$text-success",
    Tone.FAILED: "bold $text-error",
    Tone.REJECTED: "$text-warning",
    Tone.DOUBT: "bold $text-warning",
    Tone.RUNNING: "bold $text-success",
    Tone.HELD: "$tone-held",
    Tone.ASKS: "bold $text-warning",
    Tone.WAITS: "bold reverse $text-warning",
    Tone.THINKING: "$tone-thinking",
    Tone.AGENT: "$tone-thinking",
    Tone.ADDED: "$text-success",
    Tone.REMOVED: "$text-error",
    Tone.PROMPT: "bold $text-primary",
    Tone.COMPACTED: "bold $text-secondary",
    Tone.RETRY: "$tone-retry",
}

_DARK = {"tone-thinking": "#6fc7d4", "tone-held": "#e5d37a", "tone-retry": "#d79be8"}
_LIGHT = {"tone-thinking": "#00606e", "tone-held": "#6b5700", "tone-retry": "#8a2a9e"}
_ANSI = {"tone-thinking": "ansi_cyan", "tone-held": "ansi_yellow", "tone-retry": "ansi_magenta"}


def tone_colours(theme: Theme) -> Mapping[str, str]:
    """Return the colours that no theme of Textual has: an accent may be orange there, which is the colour of alarms."""
    if theme.ansi:
        return _ANSI
    return _DARK if theme.dark else _LIGHT


class TonedApp(App[None]):
    """An app whose themes have the colours of all tones."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the colours of tones that themes do not have."""
        return {**super().get_theme_variable_defaults(), **tone_colours(self.current_theme)}


_STYLES = {**STYLES, Tone.DIM: "$foreground 60%"}
"""The same in content, where a colour that depends on the background is as bright as any other."""

TONE_PREFIX = "tone--"
"""Prefix of the component class of a tone."""

COMPONENTS = frozenset(TONE_PREFIX + tone for tone in Tone)


def content_of(lines: Iterable[Spans]) -> Content:
    """Return lines of spans as content for a Textual widget."""
    return Content("\n").join(Content.assemble(*((span.text, _STYLES[span.tone]) for span in line)) for line in lines)


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
    ("━▔▁▂│▎▊▌▐▏▕", "=-__|||||||"),
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
