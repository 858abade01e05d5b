"""The colours of source code, told by the name of its file."""

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
"""Longer lines have no colours."""

_PLAIN = "plain"
_MAX_KNOWN = 500
_known: dict[str, str] = {}


class _Looks(HighlightTheme):
    """Names looks in place of styles: which they are is a matter of the theme."""

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


_LOOKS = frozenset(_Looks.STYLES.values()) - {_PLAIN}
_NO_CODE = ("string", "comment")
_END_OF_COMMENT = re.compile(r"\*/[ \t]*$", re.MULTILINE)


def language_of(path: str) -> str:
    """The language of a file, empty where it has none or is not yet learned."""
    return _known.get(PurePath(path).name, "")


def learn_language(path: str) -> None:
    """Find out the language of a file and make it ready for use: the first time that may take 0.1 s."""
    name = PurePath(path).name
    if name in _known:
        return
    if len(_known) >= _MAX_KNOWN:
        _known.clear()
    try:
        lexer = get_lexer_for_filename(name)
    except ClassNotFound:
        _known[name] = ""
    else:
        list(lexer.get_tokens("x"))
        _known[name] = next(iter(lexer.aliases), "")


def highlighted(lines: Sequence[str], language: str) -> list[list[StyleRange]]:
    """The spans of each of ``lines``, which stand together in a file; none for a language that is not known."""
    found: list[list[StyleRange]] = [[] for _ in lines]
    looked_at = [line if len(line) <= MAX_LENGTH else "" for line in lines]
    starts = list(accumulate((len(line) + 1 for line in looked_at), initial=0))
    for start, end, look in _spans("\n".join(looked_at), language) if language else ():
        for row in range(bisect_right(starts, start) - 1, min(bisect_right(starts, end - 1), len(lines))):
            first, last = max(start - starts[row], 0), min(end - starts[row], len(looked_at[row]))
            if first < last:
                found[row].append(StyleRange(first, last, look))
    return found


def _spans(code: str, language: str) -> list[StyleRange]:
    """The spans of a piece of code, which may begin in the midst of a long string or comment."""
    readings = [_spans_after(opening, code, language) for opening in _openings(code)]
    return min(readings, key=lambda spans: sum(span.end - span.start for span in spans if span.look in _NO_CODE))


def _openings(code: str) -> Iterator[str]:
    """What may stand before a piece of code, left open where it begins."""
    end = _END_OF_COMMENT.search(code)
    if end and "/*" not in code[: end.start() + 1]:
        yield "/*"
        return
    yield ""
    yield from (quotes for quotes in ('"""', "'''") if code.count(quotes) % 2)


def _spans_after(opening: str, code: str, language: str) -> list[StyleRange]:
    try:
        spans = highlight(opening + code, language=language, theme=_Looks).spans
    except Exception:  # some of the hundreds of lexers stumble over text that is no code
        return []
    before = len(opening)
    return [
        StyleRange(max(start - before, 0), end - before, look)
        for start, end, look in spans
        if isinstance(look, str) and look in _LOOKS and end > before
    ]
