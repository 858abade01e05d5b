"""Control sequences are removed from terminal output that arrives in pieces."""

from __future__ import annotations

import codecs
import re

from tui_monitor.clean.sequences import CSI, ESCAPE, INSIDE_STRING, STRING, sequence

MAX_STRING = 1 << 20
"""Characters that a control string may hold in a stream; a longer one is taken to be unterminated, and shown."""

_MAX_PARAMETERS = 256
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]"
_SEQUENCE = re.compile(rf"{sequence(INSIDE_STRING)}|\r(?=\n)|{_CONTROL}")
_UNFINISHED = re.compile(rf"{CSI}\Z|(?P<introducer>{STRING})(?P<inside>{INSIDE_STRING}*)\x1b?\Z|{ESCAPE}\Z|\r\Z")


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
        return _SEQUENCE.sub("", text).replace("\r", "\n")

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
