"""What a search has found: frozen values, for screens and reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tui_monitor.events import SessionKey
from tui_monitor.merge.history import RecordedCall
from tui_monitor.search.query import SearchQuery, SearchTerms

_BEFORE, _LENGTH = 40, 240
"""Characters of an excerpt before the first word, and in all."""


class HitField(StrEnum):
    """The kind of a text that is searched."""

    PROMPT = "prompt"
    MESSAGE = "message"
    SUBJECT = "subject"
    PATH = "path"
    INPUT = "input"
    OUTPUT = "output"
    ERROR = "error"


class FieldText(NamedTuple):
    """A text that is searched."""

    field: HitField
    text: str


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A call, a prompt or a message with all words, in the session of the file at ``path``.

    ``excerpt`` is the line with the words, ``field`` the text that it is from. ``call`` is None for a prompt and a
    message. ``resume`` is the command that goes on with the session, empty if none is known. ``at`` is in epoch ms.
    """

    session: SessionKey
    at: int
    field: HitField
    excerpt: str
    folder: str = ""
    title: str = ""
    path: str = ""
    call: RecordedCall | None = None
    resume: str = ""


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The newest hits of a query.

    ``has_more``: there are others, or texts that were not looked at. ``unindexed`` is the number of texts that are not
    in the index yet, ``fault`` the reason why nothing can be searched.
    """

    query: SearchQuery
    hits: tuple[SearchHit, ...] = ()
    has_more: bool = False
    unindexed: int = 0
    fault: str = ""


def excerpt(texts: Sequence[FieldText], terms: SearchTerms) -> FieldText | None:
    """Return the line of the text that has most words, from just before the first of them; None unless each word is in
    any of the texts."""
    places = [terms.find(each.text.lower()) for each in texts]
    if not all(any(place is not None for place in of_word) for of_word in zip(*places, strict=True)):
        return None
    counts = [sum(place is not None for place in of_text) for of_text in places]
    best = counts.index(max(counts, default=0)) if counts else -1
    if best < 0 or not counts[best]:
        return None
    place = min(place for place in places[best] if place is not None)
    return FieldText(texts[best].field, _line_at(texts[best].text, place))


def _line_at(text: str, place: int) -> str:
    begin = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    line = text[begin : end if end >= 0 else None]
    skipped = max(0, len(line[: place - begin].lstrip()) - _BEFORE)
    line = line.strip()[skipped:]
    return f"{'…' if skipped else ''}{line[:_LENGTH]}{'…' if len(line) > _LENGTH else ''}"
