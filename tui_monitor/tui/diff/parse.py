"""The parser of unified diffs. Every line of the text becomes a row, also one that is not part of a diff."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tui_monitor.events import Change, ChangeKind
from tui_monitor.tui.diff.model import DiffLine, DiffNote, DiffRow, FileTitle, HunkGap, LineKind

NO_NEWLINE = "\\ No newline at end of file"

_HEADER = re.compile(r"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@(.*)", re.DOTALL)
_FILE_HEADERS = ("--- ", "+++ ", "diff ", "index ")


def rows_of(changes: Iterable[Change], shorten: Callable[[str], str] = str) -> list[DiffRow]:
    """Return the rows of several changes, one after the other, without reads. ``shorten`` returns the shown form of a
    path."""
    rows: list[DiffRow] = []
    for change in changes:
        if change.kind is not ChangeKind.READ:
            rows.append(FileTitle(change, shorten(change.path), shorten(change.old_path)))
            rows += _lines_of(change)
    return rows


def parse(diff: str) -> list[DiffRow]:
    """Return the rows of one diff. Lines outside a hunk, or in one of an unknown kind, become plain lines."""
    reader = _Reader()
    for line in diff.removesuffix("\n").split("\n") if diff else ():
        reader.read(line)
    return reader.rows


def _lines_of(change: Change) -> list[DiffRow]:
    """Return the recorded lines of a change, and a note about those that were not recorded."""
    rows = parse(change.diff)
    unrecorded = change.added + change.removed - sum(isinstance(row, DiffLine) and row.changed for row in rows)
    if rows and unrecorded > 0:
        rows.append(
            DiffNote(f"⋯ {unrecorded} more changed {'line was' if unrecorded == 1 else 'lines were'} not recorded")
        )
    elif not rows:
        unchanged = change.kind is ChangeKind.RENAME and not unrecorded
        rows.append(DiffNote("no line changed" if unchanged else "no lines were recorded"))
    return rows


class _Reader:
    """Reads a diff line by line. ``_old`` and ``_new`` are the numbers of the next lines, 0 if unknown; ``_remaining``
    is the number of lines, old and new, that the hunk still announces."""

    def __init__(self) -> None:
        self.rows: list[DiffRow] = []
        self._in_hunk = False
        self._old = self._new = self._remaining = 0

    def read(self, line: str) -> None:
        """Add the rows of the next line."""
        if line.startswith("@@"):
            self._begin(line)
        elif self._in_hunk and not self._leaves(line):
            self._add_line(line)
        else:
            self._show_plain(line)

    def _begin(self, line: str) -> None:
        header = _HEADER.fullmatch(line)
        if header:
            self._begin_numbered(header)
        elif line.startswith("@@@"):  # of a merge: its lines have two prefixes
            self._show_plain(line)
        else:
            self._enter(0, 0, 0, line.strip("@ "))

    def _begin_numbered(self, header: re.Match[str]) -> None:
        old, old_count, new, new_count = (int(number or 1) for number in header.groups()[:4])
        # A side without lines has the number of the line before it. Hunks that begin at line 0 have no known position.
        old, new = old + (old_count == 0), new + (new_count == 0)
        if not old or not new:
            old = new = 0
        self._enter(old, new, old_count + new_count, header[5].strip())

    def _enter(self, old: int, new: int, remaining: int, heading: str) -> None:
        first = not any(isinstance(row, DiffLine) for row in self.rows)
        unchanged = max(0, old - self._old) if old and self._old else None
        if heading or (not first and unchanged != 0):
            self.rows.append(HunkGap(None if first else unchanged, heading))
        self._in_hunk, self._old, self._new, self._remaining = True, old, new, remaining

    def _leaves(self, line: str) -> bool:
        """Return True if the line is the header of another file; within a hunk it may also be a removed ``-- …``."""
        return self._remaining <= 0 < self._old and line.startswith(_FILE_HEADERS)

    def _add_line(self, line: str) -> None:
        match line[:1]:
            case "+":
                self._add(DiffLine(LineKind.ADDED, line[1:], 0, self._new), 0, 1)
            case "-":
                self._add(DiffLine(LineKind.REMOVED, line[1:], self._old, 0), 1, 0)
            case " " | "":
                self._add(DiffLine(LineKind.CONTEXT, line[1:], self._old, self._new), 1, 1)
            case _ if line != NO_NEWLINE or not self._unterminate():
                self.rows.append(DiffLine(LineKind.OTHER, line))

    def _add(self, line: DiffLine, old: int, new: int) -> None:
        self.rows.append(line)
        if self._old:
            self._old += old
            self._new += new
            self._remaining -= old + new

    def _show_plain(self, line: str) -> None:
        self._in_hunk, self._old, self._new = False, 0, 0
        self.rows.append(DiffLine(LineKind.OTHER, line))

    def _unterminate(self) -> bool:
        """Mark the last line as unterminated; return False if that is not possible."""
        last = self.rows[-1] if self.rows else None
        if not isinstance(last, DiffLine) or last.kind is LineKind.OTHER or last.unterminated:
            return False
        self.rows[-1] = last._replace(unterminated=True)
        return True
