"""Spans: pieces of text with a meaning, cut and padded to a width in terminal cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len, set_cell_size, split_text

from tui_monitor.clean import clean_line

MAX_TEXT = 4096
"""Characters used of a text from outside; no line shows more."""

MAX_LOST = 12
"""Cells of a word that are given up rather than cutting it."""

_JOINERS = dict.fromkeys((0x200D, *range(0xFE00, 0xFE10)))


class Tone(StrEnum):
    """The meaning of a piece of text. A widget gives each tone its colour."""

    TEXT = "text"
    DIM = "dim"
    LINE = "line"
    KEY = "key"
    FOCUS = "focus"
    LEVEL = "level"
    HIT = "hit"
    OK = "ok"
    FAILED = "failed"
    REJECTED = "rejected"
    DOUBT = "doubt"
    RUNNING = "running"
    HELD = "held"
    ASKS = "asks"
    WAITS = "waits"
    THINKING = "thinking"
    AGENT = "agent"
    ADDED = "added"
    REMOVED = "removed"
    PROMPT = "prompt"
    COMPACTED = "compacted"
    RETRY = "retry"


class TextSpan(NamedTuple):
    """A piece of text in one tone."""

    text: str
    tone: Tone = Tone.TEXT


Spans: TypeAlias = tuple[TextSpan, ...]


def one_line(text: str) -> str:
    """Return the beginning of a text from outside as one clean line, without joiners, on whose width terminals
    disagree."""
    line = clean_line(text[:MAX_TEXT])
    return line if line.isascii() else line.translate(_JOINERS)


def width_of(spans: Iterable[TextSpan]) -> int:
    """Return the width of ``spans`` in cells."""
    return sum([len(text) if text.isascii() and text.isprintable() else cell_len(text) for text, _ in spans])


def cut_end(text: str, width: int) -> str:
    """Return at most ``width`` cells of ``text``, with ``…`` in place of a cut end."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def cut_words(text: str, width: int) -> str:
    """Return at most ``width`` cells of ``text``, cut between two words if one begins near there."""
    cut = cut_end(text, width)
    words, space, rest = cut.removesuffix("…").rpartition(" ")
    return f"{words.rstrip()} …" if cut != text and space and cell_len(rest) <= MAX_LOST else cut


def cut_start(text: str, width: int) -> str:
    """Return at most ``width`` cells of ``text``, with ``…`` in place of a cut beginning."""
    surplus = cell_len(text) - width
    if surplus <= 0:
        return text
    return "…" + split_text(text, surplus + 1)[1] if width > 0 else ""


def to_width(spans: Iterable[TextSpan], width: int) -> Spans:
    """Return ``spans`` in exactly ``width`` cells: cut at the end, or padded with spaces."""
    filled = tuple([span for span in spans if span.text])
    room = width - width_of(filled)
    if room < 0:
        return _cut(filled, width)
    return (*filled, TextSpan(" " * room)) if room else filled


def _cut(spans: Spans, width: int) -> Spans:
    visible: list[TextSpan] = []
    for text, tone in spans:
        if width <= 0:
            break
        visible.append(TextSpan(cut_end(text, width), tone))
        width -= cell_len(text)
    return tuple(visible)


def flush_right(spans: Spans, width: int) -> Spans:
    """Return ``spans`` at the right edge of exactly ``width`` cells."""
    return to_width((TextSpan(" " * (width - width_of(spans))), *spans), width)


def first_fit(choices: Sequence[Spans], width: int) -> Spans:
    """Return the first of ``choices`` that fits into ``width`` cells, or the last one cut."""
    fitting = (choice for choice in choices if width_of(choice) <= width)
    return next(fitting, to_width(choices[-1], width) if choices else ())
