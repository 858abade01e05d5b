"""Assembling lines from bytes that arrive in pieces."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.sources.files.decode import is_complete

LONGEST = 64 << 20
"""Bytes of the longest line that is kept; longer ones are skipped."""


LINE_END = b"\n"

OBJECT_END = b"\n}\n"
"""The end of a JSON object that is written over many lines: no line inside it begins with its brace."""


class Line(NamedTuple):
    """A line without its end, with its offset. If it is too long it is without its data."""

    offset: int
    data: bytes
    too_long: bool = False


class NestingCounter:
    """Depth of the braces outside strings in JSON that arrives in pieces, at the speed of a search."""

    def __init__(self) -> None:
        self.fed = 0
        """Number of bytes counted."""
        self.is_broken = False
        """True if no further byte can make objects of it: a brace closes nothing."""
        self._depth = 0
        self._in_string = 0
        self._escape = b""  # a backslash at the end, whose character has not arrived

    def feed(self, piece: bytes | bytearray) -> None:
        """Count the next bytes."""
        self.fed += len(piece)
        text = (self._escape + piece).replace(b"\\\\", b"").replace(b'\\"', b"")
        self._escape = b"\\" if text.endswith(b"\\") else b""
        parts = text.split(b'"')
        outside = b"".join(parts[self._in_string :: 2])
        self._in_string ^= (len(parts) - 1) % 2
        self._depth += outside.count(b"{") - outside.count(b"}")
        self.is_broken |= self._depth < 0

    @property
    def is_balanced(self) -> bool:
        """Return True outside strings and objects."""
        return self._depth == 0 and not self._in_string


class LineBuffer:
    """Holds an incomplete line until its end arrives: at most the longest line and one piece.

    ``line_end`` is the end of a line; all its bytes but the last belong to the line.
    """

    def __init__(self, offset: int = 0, line_end: bytes = LINE_END) -> None:
        self._line_end = line_end
        self._nesting = NestingCounter()
        self._overlap = len(line_end) - 1  # bytes of a line end that belong to the line
        self.offset = offset
        """Offset of the first line that has not been returned."""
        self._dropped = 0  # bytes from there that were too many to be kept
        self._data = bytearray()  # the bytes after them
        self._searched = 0  # bytes of them without a line end

    @property
    def end(self) -> int:
        """Offset of the next byte to feed."""
        return self.offset + self._dropped + len(self._data)

    def feed(self, data: bytes) -> None:
        """Add the bytes at `end`."""
        self._data += data

    def lines(self, most: int) -> list[Line]:
        """Return at most ``most`` complete lines, without blank ones.

        Bytes after the last line end count as complete if they are a whole JSON object: nothing can be added to it.
        """
        lines: list[Line] = []
        while len(lines) < most and (end := self._find_end()) >= 0:
            if self._dropped or self._overlap:
                lines += self._take(end + self._overlap, 1)
            else:
                lines += self._split(most - len(lines))
        if len(lines) < most:
            lines += self._unfinished()
        return lines

    def flush(self) -> list[Line]:
        """Return the unterminated last line, if any, once no more bytes will come."""
        return self._take(len(self._data), 0)

    def _find_end(self) -> int:
        return self._data.find(self._line_end, max(0, self._searched - self._overlap))

    def _split(self, most: int) -> list[Line]:
        """Take at most ``most`` complete lines at once: much faster than one after the other."""
        texts = self._copy(self._data.rfind(self._line_end)).split(self._line_end, most)
        lines: list[Line] = []
        offset = self.offset
        for text in texts[:most]:
            data = text[:-1] if text.endswith(b"\r") else text
            if data:
                lines.append(Line(offset, data))
            offset += len(text) + 1
        self._forget(offset - self.offset)
        return lines

    def _take(self, length: int, end_length: int) -> list[Line]:
        too_long = self._dropped > 0
        data = b"" if too_long else self._copy(length - self._data.endswith(b"\r", 0, length))
        line = Line(self.offset, data, too_long)
        self._forget(length + end_length)
        return [line] if data or too_long else []

    def _forget(self, length: int) -> None:
        del self._data[:length]
        self.offset += self._dropped + length
        self._dropped = self._searched = 0
        self._nesting = NestingCounter()

    def _copy(self, length: int) -> bytes:
        """Return so many bytes, copied once: they may be 64 MB."""
        with memoryview(self._data) as view:
            return bytes(view[:length])

    def _unfinished(self) -> list[Line]:
        length = len(self._data)
        if length == self._searched:
            return []
        self._searched = length
        if self._is_whole():
            return self._take(length, 0)
        if length > LONGEST:
            self._drop()
        return []

    def _is_whole(self) -> bool:
        """Return True if the unterminated line consists of whole objects.

        Each byte is counted once, and the line is parsed at most once: what is balanced and cannot be parsed will not
        become an object by more bytes.
        """
        if self._dropped or self._nesting.is_broken or not self._data.endswith((b"}", b"}\r")):
            return False
        self._nesting.feed(self._data[self._nesting.fed :])
        if not self._nesting.is_balanced:
            return False
        self._nesting.is_broken = not is_complete(self._data)
        return not self._nesting.is_broken

    def _drop(self) -> None:
        self._dropped += len(self._data)
        self._searched = 0
        self._data.clear()
