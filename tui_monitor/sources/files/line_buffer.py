"""Bytes that arrive in pieces → lines."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.sources.files.decode import is_complete

LONGEST = 64 << 20
"""Bytes of the longest line that is kept; a longer one is passed over."""


LINE_END = b"\n"

OBJECT_END = b"\n}\n"
"""What ends a JSON object that is written over many lines: no line inside it begins with its brace."""


class Line(NamedTuple):
    """A line without its end, where it begins, and whether it was too long to be kept."""

    offset: int
    data: bytes
    too_long: bool = False


class LineBuffer:
    """Holds what has been read of a line until its end is read too: never more than the longest line and one piece.

    A line may be cut otherwise than usual: ``ending`` is what ends it, of which all but the last byte belongs to it.
    """

    def __init__(self, offset: int = 0, ending: bytes = LINE_END) -> None:
        self._ending = ending
        self._kept = len(ending) - 1
        self.offset = offset
        """Where the first line begins that has not been given out."""
        self._passed = 0  # so many bytes from there were too many to be kept
        self._data = bytearray()  # and these follow them
        self._searched = 0  # so many of these are known to end no line

    @property
    def end(self) -> int:
        """The offset of the byte to be fed next."""
        return self.offset + self._passed + len(self._data)

    def feed(self, data: bytes) -> None:
        """Add what stands at `end`."""
        self._data += data

    def lines(self, most: int) -> list[Line]:
        """At most so many complete lines, blank ones left out.

        What stands behind the last end of a line counts as complete too when it is a whole JSON object, for then
        nothing can be added to it.
        """
        lines: list[Line] = []
        while len(lines) < most and (end := self._data.find(self._ending, max(0, self._searched - self._kept))) >= 0:
            lines += self._take(end + self._kept, 1)
        if len(lines) < most:
            lines += self._unfinished()
        return lines

    def flush(self) -> list[Line]:
        """What is left, as a line or none: for when no more is to come."""
        return self._take(len(self._data), 0)

    def _take(self, length: int, ending: int) -> list[Line]:
        too_long = self._passed > 0
        data = b"" if too_long else bytes(self._data[:length].removesuffix(b"\r"))
        line = Line(self.offset, data, too_long)
        del self._data[: length + ending]
        self.offset += self._passed + length + ending
        self._passed = self._searched = 0
        return [line] if data or too_long else []

    def _unfinished(self) -> list[Line]:
        length = len(self._data)
        if length == self._searched:
            return []
        if not self._passed and is_complete(self._data):
            return self._take(length, 0)
        self._searched = length
        if length > LONGEST:
            self._pass_over()
        return []

    def _pass_over(self) -> None:
        self._passed += len(self._data)
        self._searched = 0
        self._data.clear()
