"""The look of each tone, in the words of a theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.content import Content

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
"""With this before its name a tone is a component class."""

COMPONENTS = frozenset(TONE_PREFIX + tone for tone in Tone)


def content_of(lines: Iterable[Spans]) -> Content:
    """Lines of spans as what a widget of Textual's own can show."""
    return Content("\n").join(Content.assemble(*((span.text, STYLES[span.tone]) for span in line)) for line in lines)


def css(widget: str) -> str:
    """Rules for the component classes of a widget that paints tones itself."""
    rules = [f"{widget} > .{TONE_PREFIX}{tone} {{ {_declarations(style)} }}" for tone, style in STYLES.items()]
    return "\n".join([*rules, f"{widget}:ansi > .{TONE_PREFIX}{Tone.DIM} {{ text-style: dim; }}"])


def _declarations(style: str) -> str:
    *emphasis, colour = style.split()
    return f"color: {colour};" + (f" text-style: {' '.join(emphasis)};" if emphasis else "")
