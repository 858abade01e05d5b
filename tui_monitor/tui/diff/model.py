"""The rows of a diff."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, TypeAlias

from tui_monitor.events import Change


class LineKind(StrEnum):
    """Kind of a line of a diff; the value is the name of its style."""

    CONTEXT = "context"
    ADDED = "added"
    REMOVED = "removed"
    OTHER = "plain"  # not part of a diff: shown as it is


class DiffLine(NamedTuple):
    """A line of a file, without its prefix, not cleaned. Line numbers count from 1; 0 means none or unknown.
    ``unterminated``: no line feed follows it in the file."""

    kind: LineKind
    text: str
    old: int = 0
    new: int = 0
    unterminated: bool = False

    @property
    def changed(self) -> bool:
        """True if it exists on one side only."""
        return self.kind is LineKind.ADDED or self.kind is LineKind.REMOVED


class HunkGap(NamedTuple):
    """Lines left out before a hunk; ``unchanged`` is their number, None if unknown. ``heading`` is the hunk's own
    heading, usually the enclosing function."""

    unchanged: int | None = None
    heading: str = ""


class FileTitle(NamedTuple):
    """The beginning of a file's diff, with its path (and its old path) as shown."""

    change: Change
    path: str
    old_path: str = ""


class DiffNote(NamedTuple):
    """A notice in place of lines."""

    text: str


DiffRow: TypeAlias = DiffLine | HunkGap | FileTitle | DiffNote
