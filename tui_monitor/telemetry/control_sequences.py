"""Text as terminals get it → text alone."""

from __future__ import annotations

import codecs
import re

LONGEST_STRING = 1 << 20
"""So much may stand between the beginning of a control string and its end; then it is taken to have none."""

_LONGEST_SEQUENCE = 256

_SEQUENCE = re.compile(
    r"""
      (?:\x1b\[|\x9b) [0-?]*[ -/]* [@-~]?                      # CSI: colours, cursor moves
    | (?P<string>\x1b[]PX^_]|[\x90\x98\x9d-\x9f])              # OSC, DCS, SOS, PM, APC: a string …
      [^\x07\x18\x1a\x1b\x80-\x9f]* (?:\x07|\x18|\x1a|\x1b\\|\x9c)? # … up to its end, or up to the next sequence
    | \x1b [ -/]* [0-~]?                                       # every other escape
    | \r(?=\n)
    | [\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]           # control characters
    """,
    re.VERBOSE,
)
_UNFINISHED = re.compile(
    r"""
      (?:\x1b\[|\x9b)[0-?]*[ -/]*\Z
    | (?P<string>\x1b[]PX^_]|[\x90\x98\x9d-\x9f])(?P<inside>[^\x07\x18\x1a\x1b\x80-\x9f]*)\x1b?\Z
    | \x1b[ -/]*\Z
    | \r\Z
    """,
    re.VERBOSE,
)


class PlainText:
    """Takes a text in pieces, cut anywhere, and gives what is left of it: every control sequence of ECMA-48 in its
    7-bit and 8-bit form is gone, strings (OSC, DCS, SOS, PM, APC) with what they hold, and all control characters but
    tab and line feed; a carriage return begins a new line."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def feed(self, piece: str | bytes) -> str:
        """The text of the next piece. Bytes are UTF-8; what is no UTF-8 counts as 8-bit controls or is replaced."""
        told = self._held + (_readable(self._decoder.decode(piece)) if isinstance(piece, bytes) else piece)
        self._held = ""
        unfinished = _UNFINISHED.search(told)
        if unfinished is None or unfinished.start():
            self._inside = 0
        if unfinished:
            told = told[: unfinished.start()] + self._hold(unfinished)
        return _SEQUENCE.sub("", told).replace("\r", "\n")

    def finish(self) -> str:
        """Nothing more will come: what was held back in vain."""
        held, self._held, self._inside = self._held, "", 0
        return "\n" if held == "\r" else ""

    def _hold(self, unfinished: re.Match[str]) -> str:
        """Keep of an unfinished sequence what tells how it goes on; answer with what is not one after all."""
        if not unfinished["string"]:
            held = unfinished[0]
            self._held = held if len(held) <= _LONGEST_SEQUENCE else ""
            return ""
        self._inside += len(unfinished["inside"])
        if self._inside > LONGEST_STRING:
            self._inside = 0
            return unfinished["inside"]
        self._held = unfinished["string"] + ("\x1b" if unfinished[0].endswith("\x1b") else "")
        return ""


def _readable(text: str) -> str:
    return "".join(map(_control_or_replaced, text)) if re.search("[\ud800-\udfff]", text) else text


def _control_or_replaced(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDC9F:
        return chr(code - 0xDC00)
    return "�" if 0xD800 <= code <= 0xDFFF else character
