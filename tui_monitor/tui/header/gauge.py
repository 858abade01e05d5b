"""The context window as a bar, with the mark where it will be compacted."""

from __future__ import annotations

from tui_monitor.tui.spans import Span, Spans, Tone

LEVEL_TONES = {
    "OK": Tone.OK,
    "LOW": Tone.DOUBT,
    "MEDIUM": Tone.DOUBT,
    "HIGH": Tone.FAILED,
    "CRITICAL": Tone.FAILED,
}


def gauge(percentage: float | None, mark: float | None, width: int, tone: Tone) -> Spans:
    """A bar of ``width`` cells filled to ``percentage``, with ``┃`` at the percentage ``mark``; empty while unknown."""
    filled = 0 if percentage is None else min(width, round(width * percentage / 100))
    if percentage and width and not filled:
        filled = 1
    cells = ["█"] * filled + ["░"] * (width - filled)
    place = None if mark is None or not width else min(width - 1, int(width * mark / 100))
    spans = []
    for index, cell in enumerate(cells):
        style = tone if index < filled else Tone.DIM
        spans.append(Span("┃", Tone.TEXT) if index == place else Span(cell, style))
    return _joined(spans)


def _joined(spans: list[Span]) -> Spans:
    join_spans: list[Span] = []
    for span in spans:
        if join_spans and join_spans[-1].tone == span.tone and span.text != "┃" and join_spans[-1].text[-1] != "┃":
            join_spans[-1] = Span(join_spans[-1].text + span.text, span.tone)
        else:
            join_spans.append(span)
    return tuple(join_spans)
