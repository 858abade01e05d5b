"""One pass over a text that finds every secret in it: a quick search for anchors, and a look around each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from tui_monitor.telemetry.recorder.secrets.issued_keys import ISSUED_KEYS
from tui_monitor.telemetry.recorder.secrets.names import NAME_WORDS, NameFinder
from tui_monitor.telemetry.recorder.secrets.pattern import SecretPattern
from tui_monitor.telemetry.recorder.secrets.places import PLACES
from tui_monitor.telemetry.recorder.secrets.values import is_issued, is_placeholder

Span = tuple[int, int]

_RARE = '~$|^%&@QZXJKVWYUHGBFPMCDLRNISOATE_-qzxjkvwpc4bu987653210ygfmdhlrsnioate:./" '
"""Characters by how rarely they stand in text that holds no secrets; an anchor is searched by its rarest one."""

_ESCAPE_BEFORE = re.compile(r"(?:\\[abefnrtv0]|%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\[[\d;]{0,11}m)\Z")
"""What may stand before a key as if it were its first letters: an escaped character, or a colour."""
_ESCAPE_LENGTH = 16
_NO_PASSWORD = re.compile(
    r"\*+|<.*>?|\{.*|\$.*|%[sd({].*|\.{2,}|…|[xX]{3,}|(?:your|my|db)?[-_]?(?:password|passwd|pass|pwd|pw|secret|token)"
    r"|.*\{\w*\}.*",
    re.IGNORECASE,
)
_AHEAD = "\0"
_AFTER = {"-": r"(?=[\w.%+/=~-]{8}|us\d|cli)", "_": r"(?=[\w.%+/=~-]{8}|mmk)"}
"""What follows these characters in every anchor's text: in most words that have them, less does."""
_NAME_PATTERN = re.compile("|".join(NAME_WORDS), re.IGNORECASE)


class _Anchors:
    """All anchors, by the rare character that leads to them."""

    def __init__(self, patterns: Iterable[SecretPattern]) -> None:
        self.by_character: dict[str, dict[tuple[int, int], dict[str, list[SecretPattern]]]] = {}
        self._around: dict[str, dict[tuple[int, str], set[str]]] = {}
        for pattern in patterns:
            for literal in pattern.literals():
                rare = min(literal, key=_rarity)
                offset = literal.index(rare)
                group = self.by_character.setdefault(rare, {}).setdefault((offset, len(literal)), {})
                group.setdefault(literal, []).append(pattern)
                key = offset, f"{re.escape(literal[offset + 1 :])}{_AHEAD}{pattern.ahead}"
                self._around.setdefault(rare, {}).setdefault(key, set()).add(literal[: offset + 1])

    def expression(self, names: Mapping[str, list[str]]) -> str:
        """Return a regular expression that matches the rare character of every anchor and name.

        What stands often in text is tried first.
        """
        rare = {*self._around, *names, *(name.upper() for name in names)}
        order = sorted(rare, key=lambda each: (each.islower(), _rarity(each)), reverse=True)
        return "|".join(
            rf"{re.escape(each)}{_AFTER.get(each, '')}"
            rf"(?:{'|'.join([*_alternatives(self._around.get(each, {})), *names.get(each.lower(), ())])})"
            for each in order
        )

    def at(self, text: str, position: int) -> Iterator[tuple[int, SecretPattern]]:
        """Yield the patterns with an anchor around the rare character at ``position``, and where the anchor begins."""
        for (offset, length), literals in self.by_character.get(text[position], {}).items():
            start = position - offset
            if start >= 0:
                for pattern in literals.get(text[start : start + length], ()):
                    yield start, pattern


def _rarity(character: str) -> int:
    index = _RARE.find(character)
    return index if index >= 0 else _RARE.index("C" if character.isupper() else "c")


def _alternatives(around: Mapping[tuple[int, str], set[str]]) -> Iterator[str]:
    """Yield what may stand around a rare character; what begins with a literal is rejected the fastest, so it is first.

    Keys are the length of what stands before and what stands after, with what must follow; values are what stands
    before, with the rare character.
    """
    for (length, after), befores in sorted(around.items(), key=lambda item: not item[0][1]):
        literal, _, ahead = after.partition(_AHEAD)
        texts = "|".join(sorted(re.escape(before) + literal for before in befores))
        yield f"{literal}{ahead}" if not length else f"{literal}(?<={texts}){ahead}"


_SIGN = r"[\\\"'`\]\s]{0,6}t?[:=>]"
_NAME_END = rf"[\w-]{{0,6}}(?: [\w*]{{1,12}} ?)?{_SIGN}"
_SPACE = r"[\\\"' \0]"
_NAMES = {
    "w": [r"[oO](?<=[pP][aA][sS][sS]..)", r"[dD](?<=[pPsS]..)"],
    "p": [rf"[aA][sS][sS](?:{_SIGN}|[pPcC]|{_SPACE}(?<=[-yer]p....))"],
    "k": [
        rf"[eE](?:[nN](?<=[tT][oO]...)(?={_NAME_END}|{_SPACE}(?<=-[tT].....))"
        rf"|[yY](?={_NAME_END}|{_SPACE}(?<=[-_]....)))"
    ],
    "c": [r"[rR][eE](?:[tT](?<=[sS][eE]....)|[dD][eEsS])"],
    "u": [rf"[tT][hH](?<=[aA]...)(?={_SIGN})"],
}
"""Names of secrets, of any case; the first character of each match lies within the word."""


_ANCHORS = _Anchors((*ISSUED_KEYS, *PLACES))
_EXPRESSION = _ANCHORS.expression(_NAMES)
_QUICK_BYTES = re.compile(_EXPRESSION.encode())


def may_hold_secrets(encoded: bytes) -> bool:
    """Return True if JSON text may hold secrets. Quick, with some false positives."""
    return _QUICK_BYTES.search(encoded) is not None


@cache
def _quick_text() -> re.Pattern[str]:
    return re.compile(_EXPRESSION)


def find_secrets(text: str) -> list[Span]:
    """Return where the secrets of a text begin and end, in order and apart from each other."""
    hits = list(_hits(text))
    return _merge(sorted(_Scan(text).spans(hits))) if hits else []


def _hits(text: str) -> Iterator[int]:
    """Yield where a rare character of an anchor or name stands; those within the text of another one, too."""
    quick = _quick_text()
    match = quick.search(text)
    while match is not None:
        yield match.start()
        match = quick.search(text, match.start() + 1)


class _Scan:
    """The search of one text. Every part of it is looked at a bounded number of times."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._names = NameFinder(text)
        self._done: dict[str, int] = {}
        self._name_done = 0

    def spans(self, hits: list[int]) -> Iterator[Span]:
        """Yield the secrets around these places, in any order."""
        for hit in hits:
            for start, pattern in _ANCHORS.at(self._text, hit):
                if start >= self._done.get(pattern.kind, 0):
                    yield from self._around_anchor(pattern, start)
            yield from self._around_name(hit)

    def _around_anchor(self, pattern: SecretPattern, start: int) -> Iterator[Span]:
        for match in self._matches(pattern, start):
            self._done[pattern.kind] = max(self._done.get(pattern.kind, 0), match.end())
            if pattern.inside_words or pattern.window or starts_word(self._text, match.start()):
                yield from _SPANS.get(next(iter(pattern.compiled().groupindex), ""), _secret_span)(pattern, match)

    def _matches(self, pattern: SecretPattern, start: int) -> Iterator[re.Match[str]]:
        text, regex = self._text, pattern.compiled()
        if pattern.window:
            end = min(start + pattern.window, len(text))
            self._done[pattern.kind] = end
            yield from regex.finditer(text, start, _command_end(text, start, end))
        elif pattern.back:
            begin = max(start - pattern.back, self._done.get(pattern.kind, 0), 0)
            match = regex.search(text, begin, min(len(text), start + 600))
            if match is not None and match.start() <= start:
                yield match
        elif (match := regex.match(text, start)) is not None:
            yield match

    def _around_name(self, hit: int) -> Iterator[Span]:
        begin = max(hit - 8, self._name_done)
        for word in _NAME_PATTERN.finditer(self._text, begin, min(hit + 10, len(self._text))):
            if word.end() > hit:
                self._name_done = max(self._name_done, word.end())
                yield from self._names.find(word.start())
                return


def starts_word(text: str, start: int) -> bool:
    """Return True if a key may begin here: not within a word, unless that is an escaped character or a colour."""
    before = text[start - 1 : start]
    if not (before.isascii() and before.isalnum()):
        return True
    return _ESCAPE_BEFORE.search(text[max(0, start - _ESCAPE_LENGTH) : start]) is not None


def _command_end(text: str, start: int, limit: int) -> int:
    """Return where the command ends that begins at ``start``: at a line feed that is not escaped."""
    end = text.find("\n", start, limit)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("\n", end + 1, limit)
    return limit if end < 0 else end


def _secret_span(pattern: SecretPattern, match: re.Match[str]) -> Iterator[Span]:
    if not pattern.compiled().groupindex:
        yield match.span()
        return
    name = next(name for name in pattern.compiled().groupindex if match[name] is not None)
    if not is_placeholder(match[name]) and (not pattern.looks_issued or is_issued(match[name])):
        yield match.span(name)


def _block_span(pattern: SecretPattern, match: re.Match[str]) -> Iterator[Span]:
    """Yield the body of a key block, if it is one and not code that speaks of blocks."""
    chunks = re.split(r"\\[nr]|[^A-Za-z0-9+/=]+", match["block"])
    words = [chunk for chunk in chunks if chunk]
    long = sum(len(chunk) for chunk in words if len(chunk) >= 16)
    if words and ((len(words) == 1 and len(words[0]) >= 6) or long > sum(map(len, words)) * 0.6):
        start, end = match.span("block")
        body = match["block"]
        yield (
            start + len(body) - len(body.lstrip(" \t\r\n\\nr\"'+")),
            end - (len(body) - len(body.rstrip(" \t\r\n\"'+,;)\\"))),
        )


def _address_span(pattern: SecretPattern, match: re.Match[str]) -> Iterator[Span]:
    """Yield the password in an address, or a token that stands in place of a user."""
    address = match["address"]
    user_info, at, host = address.rpartition("@")
    while at and not re.match(r"\[?[A-Za-z0-9._-]+", host):
        user_info, at, host = user_info.rpartition("@")
    user, colon, password = user_info.partition(":")
    start = match.start("address")
    if not at or "/" in user or (re.fullmatch(r"\d{1,5}(?:/.*)?", password) and ("/" in password)):
        return
    if colon and password and not is_placeholder_in_address(password):
        yield start + len(user) + 1, start + len(user_info)
    elif not colon and len(user) >= 16 and is_issued(user):
        yield start, start + len(user)
    if colon and len(user) >= 16 and is_issued(user):
        yield start, start + len(user)


def is_placeholder_in_address(password: str) -> bool:
    """Return True for a template or a variable in place of a password; words are passwords here."""
    return _NO_PASSWORD.fullmatch(password) is not None


_SPANS = {"block": _block_span, "address": _address_span}


def _merge(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return merged
