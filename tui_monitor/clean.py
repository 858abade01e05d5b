"""Text from outside → plain text: the only way in for anything that reaches a terminal, a table, a page or a log.

Agents, tools and files write hostile text: escape sequences, control characters, right-to-left overrides. After
`clean_text` or `clean_line` a string holds only characters that a terminal draws. It is plain text, never markup.
`ControlSequenceStripper` does the same for output that arrives in pieces and is stored as it is.
"""

from __future__ import annotations

import codecs
import re

TAB_WIDTH = 4
MAX_STRING = 1 << 20
"""Characters that a control string may hold in a stream; a longer one is taken to be unterminated, and shown."""

_MAX_PARAMETERS = 256

# The grammar of ECMA-48, in its 7-bit (ESC) and 8-bit (C1) forms. A control string (OSC, DCS, SOS, PM, APC) ends at BEL
# or ST, and is cancelled by CAN, SUB or the next control sequence.
_CSI = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*"
_STRING = r"(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f])"
_INSIDE_STRING = r"[^\x07\x18\x1a\x1b\x80-\x9f]"
_INSIDE_STRING_LINE = r"[^\n\x07\x18\x1a\x1b\x80-\x9f]"
_STRING_END = r"(?:\x07|\x18|\x1a|\x1b\\|\x9c)"
_ESCAPE = r"\x1b[ -/]*"
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]"


def _sequence(inside_string: str) -> str:
    return rf"{_CSI}[@-~]?|{_STRING}{inside_string}*{_STRING_END}?|{_ESCAPE}[0-~]?"


# Within a whole text an unterminated string must not hide the lines after it.
_SEQUENCE_IN_TEXT = re.compile(_sequence(_INSIDE_STRING_LINE))
_SEQUENCE_IN_STREAM = re.compile(rf"{_sequence(_INSIDE_STRING)}|\r(?=\n)|{_CONTROL}")
_UNFINISHED = re.compile(rf"{_CSI}\Z|(?P<introducer>{_STRING})(?P<inside>{_INSIDE_STRING}*)\x1b?\Z|{_ESCAPE}\Z|\r\Z")
_LINE_BREAKS = re.compile(r"\r\n|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = {
    **{code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
    **dict.fromkeys((0x061C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF)),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
    **dict.fromkeys((*range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080))),
}


def clean_text(text: str) -> str:
    """Return the text as lines separated by ``\\n`` alone: no control sequences, tabs expanded, controls made visible.

    Of a line overwritten by carriage returns (a progress bar) only the last state remains.
    """
    if text.isascii() and text.isprintable():
        return text
    lines = _LINE_BREAKS.split(_SEQUENCE_IN_TEXT.sub("", text))
    return "\n".join(_last_state(line).expandtabs(TAB_WIDTH).translate(_INVISIBLE) for line in lines)


def clean_line(text: str) -> str:
    """Return the text on one line: as `clean_text`, with each run of white space collapsed to a single space."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(clean_text(text).split())


def _last_state(line: str) -> str:
    if "\r" not in line:
        return line
    return next((part for part in reversed(line.split("\r")) if part), "")


class ControlSequenceStripper:
    """Incremental filter for terminal output: removes control sequences and control characters, wherever it is cut.

    Tabs and line feeds stay; a carriage return begins a new line; a control string goes with its content.
    """

    def __init__(self) -> None:
        self._pending = ""
        self._string_length = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def feed(self, piece: str | bytes) -> str:
        """Return the plain text of the next piece.

        Bytes are UTF-8; invalid ones count as 8-bit controls where they can be, and are replaced otherwise.
        """
        text = self._pending + (_readable(self._decoder.decode(piece)) if isinstance(piece, bytes) else piece)
        self._pending = ""
        unfinished = _UNFINISHED.search(text)
        if unfinished is None or unfinished.start():
            self._string_length = 0
        if unfinished:
            text = text[: unfinished.start()] + self._suspend(unfinished)
        return _SEQUENCE_IN_STREAM.sub("", text).replace("\r", "\n")

    def finish(self) -> str:
        """Return the text still held back, once no more input will come."""
        pending, self._pending, self._string_length = self._pending, "", 0
        return "\n" if pending == "\r" else ""

    def _suspend(self, unfinished: re.Match[str]) -> str:
        """Keep the start of an unfinished sequence for the next piece; return its text if it is none after all."""
        introducer, inside = unfinished["introducer"], unfinished["inside"]
        if not introducer:
            self._pending = unfinished[0] if len(unfinished[0]) <= _MAX_PARAMETERS else ""
            return ""
        self._string_length += len(inside)
        if self._string_length > MAX_STRING:
            self._string_length = 0
            return inside
        self._pending = introducer + ("\x1b" if unfinished[0].endswith("\x1b") else "")
        return ""


def _readable(text: str) -> str:
    return "".join(map(_control_or_replacement, text)) if re.search("[\ud800-\udfff]", text) else text


def _control_or_replacement(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDC9F:
        return chr(code - 0xDC00)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else character
