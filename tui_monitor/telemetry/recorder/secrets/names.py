"""Names that hold secrets, with their values: assignments, fields, options, elements and parameters of addresses."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from tui_monitor.telemetry.recorder.secrets import values

NAME_WORDS = ("passw", "passphrase", "passcode", "pass", "pwd", "secret", "credential", "creds", "token", "key", "auth")
"""What stands in every name of a secret, in lower case."""

_NAME = re.compile(
    r"""
    (?P<password> passw(?:or[dt]|d) | passphrase | passcode | pass | pwd | secrets? | credentials? | creds )
    (?P<suffix> [-_]?(?: key[-_]base | \d{1,2} | v\d | base | prod(?:uction)? | dev(?:elopment)? | stag(?:e|ing)
      | test | live | value | raw | plain(?:text)? | b64 | base64 ))?
    |(?P<token> (?: token | auth | (?: key(?![-_]?id) ) ) ) (?: [-_]?(?: \d{1,2} | v\d | value | raw | b64 | base64 ) )?
    | (?P<cookie> cookies? )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"""
    (?P<close> \\*["'`]?\]? | \[\] )
    (?: \s{0,8}:\s{0,4} [&*\w\[\].,\ |?]{1,40}? \s{0,4} =\s{0,4} (?=\\*["'`])            # name: type = "value"
      | [ \t]{1,3} [\w*&.\[\]]{1,24} \s{0,4} =\s{0,4} (?=\\*["'`])                         # name type = "value"
      | \s{1,4} value \s? =\s? (?=\\*["'])                                             # name="…" value="…"
      | \s{0,8} (?P<sign> :=|=>|[=!]==?|\?=|=|:(?!:)|>) \s{0,8}
      | \s{1,4}(?:is|was)[ ]
      | [\s\0]{1,8}
    )
    (?: [fFrRbBuU]{1,2}(?=["']) )?
    (?: (?P<quote> \\*["'`]{1,3}) | (?P<bare> [^\s\x00-\x1f"'`\\<>]{1,256}) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SIGN = re.compile(r"[:=]")
_REST = re.compile(r"[^\s\0\"'`\\<>]*")
_QUOTES = re.compile(r"\\*(?:\"\"\"|'''|[\"'`])")
_MAX_QUOTED = 4096
_MAX_NAME = 64

_NAME_BEFORE = re.compile(r"[\w$.-]*")
_ESCAPE_IN_NAME = re.compile(r"(?:\\[abefnrtv0]|\[[\d;]{0,11}m)(?=[\w$.-]*\Z)")
"""An escaped character or a colour, whose letter is not the name's first."""
_ENTRY_BEFORE = re.compile(r"(?:\n|\0|\\n|\A)[+\- ]?\s*(?:-\s+)?(?:export\s+|set\s+|ENV\s+|SET\s+)?\Z")
_ENTRY_AFTER = re.compile(r"[ \t]*(?:#|//|\r|\n|\\|\0|[\"'`\x1b]|\Z)")
_ATTRIBUTE = re.compile(r"(?:[A-Za-z_$]++|[A-Z][\w$]*+|[a-z][a-z0-9]*+_[\w$]*+)(?:\.[A-Za-z_$]++\d{0,2})++")
_CALL = re.compile(r"[A-Za-z_][\w.]*+\((?:[^()\s]*\)(?:\.\w++)*+|[\w.,]*=)")
"""A call, also one that is cut at the first quote among its arguments."""
_NEXT_FIELD = re.compile(r"\s*[\w.$%-]{1,40}[=:].")
_END_OF_STATEMENT = re.compile(r"[)\]},;:.&]*\Z")
_KEBAB = re.compile(r"[a-z]{2,}+\d{0,3}(?:[-_.][a-z]++\d{0,3}|[-_.]\d{1,3})++", re.IGNORECASE)

_KEY_OF_SECRETS = re.compile(
    r"(?:api|access|secret|private|auth|account|sign(?:ing|ature)?|encrypt(?:ion)?|client|app(?:lication)?|subscription"
    r"|licen[cs]e|service(?:[-_.]?role)?|master|shared|webhook|deploy|admin|consumer|server|hmac|jwt|crypto|integration"
    r"|write|ingest(?:ion)?|project|account[-_.]?access|functions?|host)[-_.]?key$",
    re.IGNORECASE,
)
_TOKEN_OF_ACCESS = re.compile(
    r"(?:api|access|auth|refresh|secret|bearer|private|server|account|session|id|user|personal)[-_.]?token\d*$",
    re.IGNORECASE,
)
_NOT_SECRET = re.compile(
    r"""
      (?: max|min|num|n|total|prompt|completion|input|output|next|prev(?:ious)?|page|eos|bos|pad|unk|sep|cls|mask|stop
        | start|end|special|first|last|per|count|used|new|cached|reasoning|image|audio|text|thinking|sync|continuation
        | pagination|lexer|syntax|current )[-_.]?tokens?
    | (?: public|primary|foreign|sort|partition|cache|idempotency|object|row|hash|range|group|composite|index|routing
        | dedup|lookup|map|dict|item|json|s3|registry|unique|natural|surrogate|translation|i18n|query|sorting|hot|arrow
        | shortcut|host|known[-_.]?hosts )[-_.]?key
    | (?: existing|image[-_.]?pull|pull|tls )[-_.]?secrets?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BEFORE_PASS = ("db", "user", "my", "root", "key", "store", "ftp", "smtp", "admin", "mail", "login", "sys")
_SPLIT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HARMLESS_FIELDS = re.compile(
    r".*(?:user|name|host|port|type|kind|url|uri|email|region|zone|id|path|file|version|expir\w*|scopes?|account|project"
    r"|provider|database|db|schema|driver|domain|endpoint|mode|at|title|label|description)s?",
    re.IGNORECASE,
)
_CONTAINER = re.compile(r".*(?:credentials?|creds|secrets?)", re.IGNORECASE)


def holds_secrets(name: str) -> bool:
    """Return True if all fields below a field of this name are secrets, but for those with harmless names."""
    return _CONTAINER.fullmatch(name) is not None


def is_secret_field(name: str, text: str, *, inside_secrets: bool = False) -> bool:
    """Return True if the text of a field of this name is a secret.

    ``inside_secrets``: the field is part of one that `holds_secrets`.
    """
    level = _level(name)
    if not level and inside_secrets and not _HARMLESS_FIELDS.fullmatch(name):
        return values.is_token(text)
    return _is_secret(level, text, quoted=True)


class NameFinder:
    """Finds the values of names in one text, in time that grows as the text does."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._quotes: dict[str, list[int]] | None = None

    def find(self, start: int) -> Iterator[tuple[int, int]]:
        """Yield where the secret begins and ends, if the word at ``start`` ends the name of one."""
        text = self._text
        word = _NAME.match(text, start)
        if word is None:
            return
        before = text[max(0, start - _MAX_NAME) : start]
        prefix = _NAME_BEFORE.match(before[::-1])
        assert prefix is not None
        escape = _ESCAPE_IN_NAME.search(before)
        name = before[escape.end() if escape else len(before) - prefix.end() :] + word[0]
        level = _level(name.lstrip("-"))
        if not level or before[: len(before) - prefix.end()].endswith("::"):  # the name of a type
            return
        separator = _SEPARATOR.match(text, word.end())
        if separator is not None:
            yield from self._value(separator, name, level, start - prefix.end())

    def _value(self, separator: re.Match[str], name: str, level: str, name_start: int) -> Iterator[tuple[int, int]]:
        is_option = name.startswith("-") and text_before(self._text, name_start) in " \t\n\0\"'\\=n"
        has_sign = (
            separator["sign"] is not None
            or _SIGN.search(separator[0][: separator.start("quote") - separator.start()] if separator["quote"] else "")
            is not None
        )
        if separator["quote"]:
            if has_sign or is_option or level == "password":
                yield from self._quoted_value(separator, level)
        elif has_sign or is_option or " is " in separator[0] or " was " in separator[0]:
            yield from self._bare_value(separator, name, level, name_start, is_option)

    def _quoted_value(self, separator: re.Match[str], level: str) -> Iterator[tuple[int, int]]:
        start = separator.end()
        end = self._closing_quote(separator["quote"], start)
        value = self._text[start:end]
        if end > start and "\n" not in value and _is_secret(level, value, quoted=True):
            yield start, end

    def _bare_value(
        self, separator: re.Match[str], name: str, level: str, name_start: int, is_option: bool
    ) -> Iterator[tuple[int, int]]:
        start, sign = separator.start("bare"), separator["sign"] or ""
        if sign in ("==", "===", "!=", "!==") or (
            sign == ">" and "\\" not in separator[0] and not self._is_element(start)
        ):
            return
        value = _cut(separator["bare"], text_before(self._text, name_start) in "?&")
        is_entry = not is_option and self._is_entry(name_start, start + len(value))
        is_assigned = sign == "=" and separator[0][:1] == "=" and not is_option
        if sign == ":" and text_before(self._text, name_start) == ":":  # one of the parts of a longer name
            return
        if name.lower() == "pass" and sign == ":" and (name == "PASS" or not is_entry):
            return
        is_literal = is_entry and value[-1:] not in tuple(")]}>;,")
        if not is_literal and (values.is_code(value) or (not is_assigned and _KEBAB.fullmatch(value))):
            return
        if (
            _ATTRIBUTE.fullmatch(value)
            or _CALL.fullmatch(value)
            or (values.is_code(value) and value[-1:] in tuple("([{"))
        ):
            return
        if _is_secret(level, value, quoted=False, assigned=is_assigned and is_entry):
            end = start + len(value)
            if len(separator["bare"]) == 256 and len(value) == 256:
                rest = _REST.match(self._text, end)
                end = rest.end() if rest else end
            yield start, end

    def _is_element(self, start: int) -> bool:
        """Return True if the value is the text of an XML element, whose end tag follows."""
        return self._text.find("</", start, start + 260) > 0

    def _is_entry(self, name_start: int, value_end: int) -> bool:
        """Return True if name and value are all of a line, as in a file of settings."""
        before = self._text[max(0, name_start - 16) : name_start]
        is_first = (name_start <= 16 and not before.strip()) or _ENTRY_BEFORE.search(before) is not None
        return is_first and _ENTRY_AFTER.match(self._text, value_end) is not None

    def _closing_quote(self, quote: str, start: int) -> int:
        """Return where the next such quote stands, escaped as often; ``start`` if there is none nearby."""
        if self._quotes is None:
            self._quotes = {}
            for match in _QUOTES.finditer(self._text):
                self._quotes.setdefault(match[0], []).append(match.start())
        positions = self._quotes.get(quote, [])
        index = bisect_left(positions, start)
        end = positions[index] if index < len(positions) else start
        return end if end - start <= _MAX_QUOTED else start


def text_before(text: str, position: int) -> str:
    """Return the character before a position; a line feed at the beginning."""
    return text[position - 1] if position else "\n"


@lru_cache(2048)
def _level(name: str) -> str:
    """Return what a name promises: password, token, key, setting (a key in capitals) or cookie; empty if no secret."""
    parts = _SPLIT.sub("_", name)
    words = list(_NAME.finditer(parts))
    if not words or words[-1].end() != len(parts) or _NOT_SECRET.fullmatch(parts.rpartition(".")[2]):
        return ""
    word, before = words[-1], parts[: words[-1].start()]
    if _NOT_SECRET.fullmatch("_".join(re.split(r"[-_.]+", parts)[-2:])):
        return ""
    is_apart = not before[-1:].isalpha()
    text = word[0].lower()
    if word["cookie"]:
        return "cookie"
    if word["password"]:
        is_word_of_its_own = (
            is_apart or not text.startswith(("pass", "pwd")) or text.startswith(("passw", "passp", "passc"))
        )
        return "password" if is_word_of_its_own or before.lower().endswith(_BEFORE_PASS) else ""
    if text.startswith("key"):
        if _KEY_OF_SECRETS.search(parts) or parts.lower().endswith("apikey"):
            return "token"
        is_setting = before.endswith("_") and name.isupper()
        return "setting" if is_setting else "key" if is_apart else ""
    if text.startswith("auth"):
        return "key" if is_apart else ""
    is_credential = _TOKEN_OF_ACCESS.search(parts) is not None or name.isupper() or "-" in name
    return "token" if is_credential else "mere token"


def _is_secret(level: str, text: str, *, quoted: bool, assigned: bool = False) -> bool:
    if level == "password":
        return values.is_password(text, quoted=quoted, assigned=assigned)
    if level in ("token", "mere token"):
        return values.is_token(text) and (level == "token" or not values.is_uuid(text))
    if level in ("key", "setting"):
        return values.is_opaque(text, may_be_digest=level == "setting")
    return level == "cookie" and "=" in text and len(text) >= 8 and not values.is_placeholder(text)


def _cut(value: str, in_address: bool) -> str:
    """Return a bare value up to the punctuation that ends it: before another field, or at the end of a statement."""
    if in_address:
        return re.split(r"[&#;]", value, maxsplit=1)[0]
    for match in re.finditer(r"[,;&)\]}|]", value):
        is_between = match[0] in ",;&|" and _NEXT_FIELD.match(value, match.end())
        if is_between or _END_OF_STATEMENT.match(value, match.end()):
            return value[: match.start()]
    return value.rstrip(".:")
