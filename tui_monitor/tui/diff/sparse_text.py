"""The text of a file of which only some lines are known: those that recorded changes show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

ENDLESS = 1 << 40
"""Lines of a file whose length is not known."""


class KnownLine(NamedTuple):
    """A line with its text; ``unterminated``: no line feed follows."""

    text: str
    unterminated: bool = False


class TextMismatchError(Exception):
    """A change found other lines than those that are known to be there."""


@dataclass(slots=True)
class KeptRun:
    """Lines of the first content that are still there, from the number ``start`` on."""

    start: int
    count: int

    @property
    def stop(self) -> int:
        """The number after its last line."""
        return self.start + self.count

    @property
    def is_endless(self) -> bool:
        """True if it goes on to the end of a file whose length is not known."""
        return self.count > ENDLESS >> 1

    def split(self, at: int) -> tuple[KeptRun, KeptRun]:
        """Return the first ``at`` lines and the others."""
        return KeptRun(self.start, at), KeptRun(self.start + at, self.count - at)


@dataclass(slots=True)
class AddedRun:
    """Lines that the first content did not have."""

    lines: list[KnownLine]

    @property
    def count(self) -> int:
        """The number of lines."""
        return len(self.lines)

    def split(self, at: int) -> tuple[AddedRun, AddedRun]:
        """Return the first ``at`` lines and the others."""
        return AddedRun(self.lines[:at]), AddedRun(self.lines[at:])


class SparseText:
    """A file from its first content on, of which nothing is known at the beginning but, if it ``is_new``, that it is
    empty. ``originals`` are the lines of the first content that are known, by their numbers from 1."""

    def __init__(self, *, is_new: bool) -> None:
        self.runs: list[KeptRun | AddedRun] = [] if is_new else [KeptRun(1, ENDLESS)]
        self.originals: dict[int, KnownLine] = {}

    @property
    def is_known(self) -> bool:
        """True if all of its lines are known."""
        return None not in self._lines()

    def insert(self, at: int, lines: Sequence[KnownLine]) -> None:
        """Insert lines so that the first becomes the one of the number ``at``."""
        place = self._split(at)
        self.runs.insert(place, AddedRun(list(lines)))

    def check(self, at: int, lines: Sequence[KnownLine]) -> None:
        """Take note that these lines are there, from the number ``at`` on."""
        begin = self._split(at)
        self._match(self.runs[begin : self._split(at + len(lines))], lines)

    def remove(self, at: int, lines: Sequence[KnownLine]) -> None:
        """Remove these lines, from the number ``at`` on."""
        begin = self._split(at)
        end = self._split(at + len(lines))
        self._match(self.runs[begin:end], lines)
        del self.runs[begin:end]

    def clear(self) -> None:
        """Remove everything."""
        self.runs = []

    def find(self, lines: Sequence[str]) -> int | None:
        """Return the number of the first of these lines, if they are known to be in one place and no other."""
        if not lines:
            return None
        known = [line.text if line else None for line in self._lines()]
        starts = [at for at, text in enumerate(known) if text == lines[0]]
        places = [at for at in starts if known[at : at + len(lines)] == list(lines)]
        return places[0] + 1 if len(places) == 1 else None

    def _lines(self) -> Iterator[KnownLine | None]:
        """Yield the lines, None for an unknown one, and for all after the last that is known."""
        for run in self.runs:
            if isinstance(run, AddedRun):
                yield from run.lines
            elif run.is_endless:
                yield from map(self.originals.get, range(run.start, max(self.originals, default=0) + 1))
                yield None
            else:
                yield from map(self.originals.get, range(run.start, run.stop))

    def _match(self, runs: Sequence[KeptRun | AddedRun], lines: Sequence[KnownLine]) -> None:
        """Compare lines with those of ``runs``; unknown ones are known from now on."""
        at = 0
        for run in runs:
            for offset in range(run.count):
                self._match_line(run, offset, lines[at])
                at += 1
        if at < len(lines):
            raise TextMismatchError

    def _match_line(self, run: KeptRun | AddedRun, offset: int, line: KnownLine) -> None:
        match run:
            case KeptRun(start):
                known = self.originals.setdefault(start + offset, line)
            case AddedRun(lines):
                known = lines[offset]
        if known.text != line.text:
            raise TextMismatchError

    def _split(self, at: int) -> int:
        """Return the index of the run that begins with the line ``at``; a run that holds it is split."""
        number = 1
        for place, run in enumerate(self.runs):
            if number == at:
                return place
            if at < number + run.count:
                self.runs[place : place + 1] = run.split(at - number)
                return place + 1
            number += run.count
        if number != at:
            raise TextMismatchError
        return len(self.runs)
