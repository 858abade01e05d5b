"""What is searched for: words and phrases as a person writes them, whatever characters they have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from tui_monitor.search.tokens import joins, tokens_in

LIMIT = 50
"""Hits that are asked for."""

_PART = re.compile(r'(?:(?P<field>project|source):)?(?:"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>\S+))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """The ``words`` that a text must all contain, in lower case: a phrase has single spaces. The last one may go on in
    the text while it ``is_open``."""

    words: tuple[str, ...] = ()
    is_open: bool = False

    @property
    def tokens(self) -> frozenset[str]:
        """The whole tokens of a text that contains all words."""
        return frozenset(token for word in self._closed for token in tokens_in(word)) | {*self._last[:-1]}

    @property
    def prefix(self) -> str:
        """The beginning of one more token of such a text; empty without one."""
        return "".join(self._last[-1:])

    @property
    def _closed(self) -> tuple[str, ...]:
        return self.words[:-1] if self.is_open else self.words

    @property
    def _last(self) -> list[str]:
        return tokens_in(self.words[-1]) if self.is_open and self.words else []

    def find(self, text: str) -> list[int | None]:
        """Return the place of each word in a text in lower case, None where it is missing."""
        return [_place(word, text, self.is_open and word is self.words[-1]) for word in self.words]


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A question to the store: the ``terms``, and what the hits are limited to.

    ``project`` is a folder or the name of one, ``source`` the name of an agent's format or its beginning, ``since`` and
    ``until`` are epoch milliseconds. ``candidates`` is the number of texts that are looked at, newest first, None for
    all: those with all words of a phrase, but elsewhere, take time.
    """

    terms: SearchTerms = SearchTerms()
    project: str = ""
    source: str = ""
    since: int | None = None
    until: int | None = None
    limit: int = LIMIT
    candidates: int | None = None


def parse_query(text: str, *, is_typed: bool = False) -> SearchQuery:
    """Return the query of words, phrases in quotes, and ``project:`` and ``source:`` with a name. The last word of one
    that ``is_typed`` just now may be unfinished. No text is invalid."""
    words: list[str] = []
    names = {"project": "", "source": ""}
    is_open = False
    for match in _PART.finditer(text):
        value = match["word"] if match["phrase"] is None else match["phrase"]
        if match["field"]:
            names[match["field"].lower()] = value
        elif word := " ".join(value.lower().split()):
            words.append(word)
            is_open = is_typed and match.end() == len(text) and not match["closed"]
    return SearchQuery(SearchTerms(tuple(words), is_open), names["project"], names["source"])


def is_in_project(folder: str, project: str) -> bool:
    """Return True if a folder is that of a project or below it, or has its name."""
    path, wanted = PurePath(folder.replace("\\", "/")), PurePath(project)
    is_name = len(wanted.parts) == 1 and not wanted.is_absolute()
    return path.name == project if is_name else path.is_relative_to(wanted)


def _place(word: str, text: str, is_open: bool) -> int | None:
    """Return the first place of a word at which no longer one stands; one that is open may go on."""
    for start, end in _places(word, text):
        begins = not (joins(word[0]) and joins(text[max(0, start - 1) : start]))
        ends = is_open or not (joins(word[-1]) and joins(text[end : end + 1]))
        if begins and ends:
            return start
    return None


def _places(word: str, text: str) -> Iterator[tuple[int, int]]:
    if " " in word:
        phrase = re.compile(r"\s+".join(map(re.escape, word.split(" "))))
        yield from (match.span() for match in phrase.finditer(text))
        return
    start = text.find(word)
    while start >= 0:
        yield start, start + len(word)
        start = text.find(word, start + 1)
