"""Syntax colours of source code, by file name."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import PurePath

from pygments.lexers import get_lexer_for_filename
from pygments.token import Token
from pygments.util import ClassNotFound
from textual.highlight import HighlightTheme, TokenType, highlight

from tui_monitor.tui.lines.document import StyleRange

MAX_LENGTH = 1_000
"""Characters of a line; longer ones have no colours."""

_PLAIN = "plain"
_MAX_LANGUAGES = 500
_languages: dict[str, str] = {}


class _StyleNames(HighlightTheme):
    """Maps tokens to style names; the theme gives them their colours."""

    STYLES: dict[TokenType, str] = {  # noqa: RUF012  # as Textual declares it
        Token.Comment: "comment",
        Token.Keyword: "keyword",
        Token.Keyword.Constant: "constant",
        Token.Literal.Number: "constant",
        Token.Literal.String: "string",
        Token.Literal.String.Doc: "comment",
        Token.Name.Builtin: "key",
        Token.Name.Builtin.Pseudo: _PLAIN,
        Token.Name.Class: "name",
        Token.Name.Decorator: "key",
        Token.Name.Function: "name",
        Token.Name.Tag: "keyword",
        Token.Name.Attribute: "key",
        Token.Operator.Word: "keyword",
        Token.Generic.Heading: "keyword",
        Token.Generic.Subheading: "keyword",
    }


_STYLE_NAMES = frozenset(_StyleNames.STYLES.values()) - {_PLAIN}
_NO_CODE = ("string", "comment")
_END_OF_COMMENT = re.compile(r"\*/[ \t]*$", re.MULTILINE)


def language_of(path: str) -> str:
    """Return the language of a file; empty if it has none or is not loaded yet."""
    return _languages.get(PurePath(path).name, "")


def load_language(path: str) -> None:
    """Find the language of a file and load its lexer; the first time may take 0.1 s."""
    name = PurePath(path).name
    if name in _languages:
        return
    if len(_languages) >= _MAX_LANGUAGES:
        _languages.clear()
    try:
        lexer = get_lexer_for_filename(name)
    except ClassNotFound:
        _languages[name] = ""
    else:
        list(lexer.get_tokens("x"))
        _languages[name] = next(iter(lexer.aliases), "")


def highlight_lines(lines: Sequence[str], language: str) -> list[list[StyleRange]]:
    """Return the spans of each of ``lines``, which are consecutive lines of a file; none without a language."""
    ranges: list[list[StyleRange]] = [[] for _ in lines]
    texts = [line if len(line) <= MAX_LENGTH else "" for line in lines]
    starts = list(accumulate((len(line) + 1 for line in texts), initial=0))
    for start, end, style_name in _spans("\n".join(texts), language) if language else ():
        for row in range(bisect_right(starts, start) - 1, min(bisect_right(starts, end - 1), len(lines))):
            first, last = max(start - starts[row], 0), min(end - starts[row], len(texts[row]))
            if first < last:
                ranges[row].append(StyleRange(first, last, style_name))
    return ranges


def _spans(code: str, language: str) -> list[StyleRange]:
    """Return the spans of a piece of code, which may begin within a long string or comment."""
    readings = [_spans_after(opening, code, language) for opening in _openings(code)]
    return min(readings, key=lambda spans: sum(span.end - span.start for span in spans if span.style_name in _NO_CODE))


def _openings(code: str) -> Iterator[str]:
    """Return the possible openings of a string or comment before a piece of code."""
    end = _END_OF_COMMENT.search(code)
    if end and "/*" not in code[: end.start() + 1]:
        yield "/*"
        return
    yield ""
    yield from (quotes for quotes in ('"""', "'''") if code.count(quotes) % 2)


def _spans_after(opening: str, code: str, language: str) -> list[StyleRange]:
    try:
        spans = highlight(opening + code, language=language, theme=_StyleNames).spans
    except Exception:  # some of the hundreds of lexers fail on text that is not code
        return []
    before = len(opening)
    return [
        StyleRange(max(start - before, 0), end - before, style_name)
        for start, end, style_name in spans
        if isinstance(style_name, str) and style_name in _STYLE_NAMES and end > before
    ]
