"""Lines of spans as a section of a long text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui_monitor.tui.lines.document import StyleRange, TextSection
from tui_monitor.tui.spans import Spans, Tone

_STYLES = {
    Tone.DIM: "gap",
    Tone.LINE: "faint",
    Tone.OK: "plus",
    Tone.RUNNING: "chosen",
    Tone.FAILED: "error",
    Tone.ADDED: "plus",
    Tone.REMOVED: "minus",
    Tone.PROMPT: "name",
    Tone.AGENT: "keyword",
    **dict.fromkeys((Tone.DOUBT, Tone.HELD, Tone.ASKS, Tone.WAITS), "alarm"),
}
"""The styles of a long text for the tones that it knows; others are plain."""


def spans_section(lines: Iterable[Spans]) -> TextSection:
    """Return lines of spans as a section."""
    listed = list(lines)
    return TextSection(
        ["".join(span.text for span in line).rstrip() for line in listed],
        spans=[list(_ranges(line)) for line in listed],
    )


def _ranges(line: Spans) -> Iterator[StyleRange]:
    start = 0
    for text, tone in line:
        if style_name := _STYLES.get(tone):
            yield StyleRange(start, start + len(text), style_name)
        start += len(text)
