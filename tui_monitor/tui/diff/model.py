"""What a diff consists of when it is shown."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, TypeAlias

from tui_monitor.events import Change


class LineKind(StrEnum):
    """What a line of a diff is; the value is the name of its look."""

    CONTEXT = "context"
    ADDED = "added"
    REMOVED = "removed"
    OTHER = "plain"  # nothing a diff knows: shown as it stands


class DiffLine(NamedTuple):
    """A line of a file, without its prefix and as it was told (not cleaned). Its numbers count from 1, and are 0 where
    it has none or they are not known; ``unterminated`` when no line feed follows it in the file."""

    kind: LineKind
    text: str
    old: int = 0
    new: int = 0
    unterminated: bool = False

    @property
    def changed(self) -> bool:
        """Whether it is on one side alone."""
        return self.kind is LineKind.ADDED or self.kind is LineKind.REMOVED


class HunkGap(NamedTuple):
    """Lines left out before a hunk; how many is None where it is not known. ``heading`` is what the hunk says of its
    place, usually the function it is in."""

    unchanged: int | None = None
    heading: str = ""


class FileTitle(NamedTuple):
    """The beginning of a file's diff, with its path (and the one it had before) as it is to be shown."""

    change: Change
    path: str
    old_path: str = ""


class DiffNote(NamedTuple):
    """What is said in place of lines."""

    text: str


DiffRow: TypeAlias = DiffLine | HunkGap | FileTitle | DiffNote
