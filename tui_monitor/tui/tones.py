"""The look of each tone, in the words of a theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.content import Content

from tui_monitor.tui.rows.cells import Spans, Tone

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


def content_of(lines: Iterable[Spans]) -> Content:
    """Lines of spans as what a widget can show."""
    return Content("\n").join(
        Content.assemble(*((span.text, STYLES[span.tone]) for span in line), end="") for line in lines
    )


def css(prefix: str) -> str:
    """Rules for component classes ``<prefix><tone>`` of the widget in whose rules they stand."""
    return "\n".join(f"& > .{prefix}{tone} {{ {_declarations(style)} }}" for tone, style in STYLES.items())


def _declarations(style: str) -> str:
    *emphasis, colour = style.split()
    return f"color: {colour};" + (f" text-style: {' '.join(emphasis)};" if emphasis else "")
