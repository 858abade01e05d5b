"""Text in terminal cells: pieces with a meaning, cut and padded to a width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len, set_cell_size, split_text

from tui_monitor.clean import clean_line

MAX_TEXT = 4096
"""So much of a text from outside is looked at: no line shows more."""

_JOINERS = dict.fromkeys((0x200D, *range(0xFE00, 0xFE10)))


class Tone(StrEnum):
    """What a piece of text means. A widget gives each tone its colour."""

    TEXT = "text"
    DIM = "dim"
    OK = "ok"
    FAILED = "failed"
    REJECTED = "rejected"
    DOUBT = "doubt"
    RUNNING = "running"
    HELD = "held"
    ASKS = "asks"
    WAITS = "waits"
    AGENT = "agent"
    ADDED = "added"
    REMOVED = "removed"
    PROMPT = "prompt"
    COMPACTED = "compacted"
    RETRY = "retry"


class Span(NamedTuple):
    """A piece of text that means one thing."""

    text: str
    tone: Tone = Tone.TEXT


Spans: TypeAlias = tuple[Span, ...]


def one_line(text: str) -> str:
    """The beginning of a text from outside as one clean line, without the joiners on whose width terminals disagree."""
    line = clean_line(text[:MAX_TEXT])
    return line if line.isascii() else line.translate(_JOINERS)


def width_of(spans: Iterable[Span]) -> int:
    """The cells that ``spans`` take."""
    return sum([cell_len(span.text) for span in spans])


def cut_end(text: str, width: int) -> str:
    """At most ``width`` cells of ``text``, with ``…`` for an end that is left out."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def cut_start(text: str, width: int) -> str:
    """At most ``width`` cells of ``text``, with ``…`` for a beginning that is left out."""
    surplus = cell_len(text) - width
    if surplus <= 0:
        return text
    return "…" + split_text(text, surplus + 1)[1] if width > 0 else ""


def to_width(spans: Iterable[Span], width: int) -> Spans:
    """``spans`` in exactly ``width`` cells: the end is cut, or filled up with spaces."""
    filled = tuple([span for span in spans if span.text])
    room = width - width_of(filled)
    if room < 0:
        return _cut(filled, width)
    return (*filled, Span(" " * room)) if room else filled


def _cut(spans: Spans, width: int) -> Spans:
    kept: list[Span] = []
    for text, tone in spans:
        if width <= 0:
            break
        kept.append(Span(cut_end(text, width), tone))
        width -= cell_len(text)
    return tuple(kept)


def flush_right(spans: Spans, width: int) -> Spans:
    """``spans`` at the right edge of exactly ``width`` cells."""
    return to_width((Span(" " * (width - width_of(spans))), *spans), width)


def first_fit(choices: Sequence[Spans], width: int) -> Spans:
    """The first of ``choices`` that fits into ``width`` cells; the last one cut where none does."""
    fitting = (choice for choice in choices if width_of(choice) <= width)
    return next(fitting, to_width(choices[-1], width) if choices else ())
