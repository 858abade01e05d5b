"""The changes of a file put together: from its first content to its last, as far as the recorded diffs show.

A recorded diff has the changed lines, a few around them, and their numbers. That is enough: what no change shows was
the same in the first content and in the last. Where a change found other lines than the one before had left, something
else changed the file in between; there a new stage begins, since what lies between is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import groupby

from tui_monitor.events import Change, ChangeKind
from tui_monitor.merge.file_history import HistoryChange
from tui_monitor.tui.diff.model import DiffLine, DiffNote, DiffRow, FileTitle, HunkGap, LineKind
from tui_monitor.tui.diff.parse import parse, rows_of
from tui_monitor.tui.diff.sparse_text import ENDLESS, AddedRun, KeptRun, KnownLine, SparseText, TextMismatchError

CONTEXT = 3
"""Unchanged lines shown around a change, where they are known."""
_MAX_REFINED = 2_000
"""Lines on one side of a block beyond which it is not searched for lines that came back."""


@dataclass(slots=True)
class Stage:
    """Changes that fit together: those from ``first`` to ``last``, counted from 1, and their sum. ``reason`` is why
    the change before the first is not among them; ``is_whole``: nothing of them was left out."""

    first: int
    last: int
    change: Change
    lines: list[DiffRow] = field(default_factory=list)
    reason: str = ""
    is_whole: bool = True


def compose(changes: Sequence[HistoryChange]) -> list[Stage]:
    """Return the stages of a file, one if its first and its last content can be compared."""
    stages: list[Stage] = []
    number, reason = 0, ""
    while number < len(changes):
        composer = _Composer(changes[number], reason)
        taken = composer.take(changes[number:])
        if taken:
            stages.append(composer.stage(number + 1, changes[number : number + taken]))
        else:
            stages.append(_alone(number + 1, changes[number], composer.reason or reason))
            taken, composer.reason = 1, ""
        number += taken
        reason = composer.reason
    return stages


def composed_rows(stages: Sequence[Stage], path: str) -> list[DiffRow]:
    """Return the rows of the stages; between two of them a sentence says what is not known. ``path`` is the shown form
    of the file's path."""
    rows: list[DiffRow] = []
    for stage in stages:
        if stage.reason:
            rows.append(DiffNote(f"⋯ {stage.reason}"))
        if len(stages) > 1:
            several = stage.last > stage.first
            rows.append(DiffNote(f"Changes {stage.first} to {stage.last}" if several else f"Change {stage.first}"))
        rows.append(FileTitle(stage.change, path))
        rows += stage.lines
    return rows


class _Composer:
    """Applies changes to what is known of a file until one does not fit; then ``reason`` says why."""

    def __init__(self, first: HistoryChange, reason: str) -> None:
        self._text = SparseText(is_new=first.change.kind is ChangeKind.CREATE)
        self._is_new = first.change.kind is ChangeKind.CREATE
        self._began_because = reason
        self._is_gone = False
        self._left_out = False
        self.reason = ""

    def take(self, changes: Sequence[HistoryChange]) -> int:
        """Apply changes, and return how many fit."""
        for place, change in enumerate(changes):
            backup = [*self._text.runs], dict(self._text.originals)
            self.reason = self._apply(change, place == 0)
            if self.reason:
                self._text.runs, self._text.originals = backup
                return place
        return len(changes)

    def _apply(self, change: HistoryChange, is_first: bool) -> str:
        """Apply a change; return why it cannot be applied."""
        kind = change.change.kind
        if kind is ChangeKind.CREATE and not (is_first or self._is_gone):
            return "It was created anew, though no recorded change had deleted it."
        if self._is_gone and kind is not ChangeKind.CREATE:
            return "It was changed after it had been deleted; what came back is not recorded."
        if kind is ChangeKind.DELETE:
            return self._delete(change)
        lines = [row for row in parse(change.change.diff) if isinstance(row, DiffLine)]
        if not change.is_whole or _unrecorded(change.change, lines):
            return "Of the next change not all lines were recorded."
        self._is_gone = False
        return self._change(lines)

    def _delete(self, change: HistoryChange) -> str:
        lines = [row for row in parse(change.change.diff) if isinstance(row, DiffLine)]
        if reason := self._change(lines):
            return reason
        self._left_out = self._left_out or (not lines and not self._text.is_known)
        self._text.clear()
        self._is_gone = True
        return ""

    def _change(self, lines: Sequence[DiffLine]) -> str:
        try:
            for kind, at, block in _steps(lines, self._text):
                {LineKind.ADDED: self._text.insert, LineKind.REMOVED: self._text.remove}.get(kind, self._text.check)(
                    at, block
                )
        except TextMismatchError:
            return (
                "Something else changed the file here: the next change found other lines than the one before had left."
            )
        except _UnplacedError:
            return "Where in the file the next change is was not recorded."
        return ""

    def stage(self, first: int, changes: Sequence[HistoryChange]) -> Stage:
        """Return what the changes come to."""
        lines = list(_with_gaps(list(_all_lines(self._text))))
        code = [row for row in lines if isinstance(row, DiffLine)]
        added = sum(line.kind is LineKind.ADDED for line in code)
        removed = sum(line.kind is LineKind.REMOVED for line in code)
        if self._left_out:
            lines.append(DiffNote("It was deleted; the lines that it had were not recorded."))
        elif not lines:
            lines.append(DiffNote(self._nothing()))
        old_path = next((each.change.old_path for each in changes if each.change.kind is ChangeKind.RENAME), "")
        kind = _kind(changes, is_gone=self._is_gone, is_new=self._is_new, is_renamed=bool(old_path))
        change = Change(kind, changes[-1].change.path, "", added, removed, old_path)
        last = first + len(changes) - 1
        return Stage(first, last, change, lines, self._began_because, is_whole=not self._left_out)

    def _nothing(self) -> str:
        if self._is_new and self._is_gone:
            return "It was created and deleted again."
        return "Its first content and its last are the same."


class _UnplacedError(Exception):
    """A change whose lines have no numbers, and that are not known to be in one place."""


def _steps(lines: Sequence[DiffLine], text: SparseText) -> Iterator[tuple[LineKind, int, list[KnownLine]]]:
    """Yield what a diff does, in order: the kind of some lines, the number of the first of them when it is their turn,
    and their texts."""
    delta = 0
    numbered = enumerate(_numbered(lines, text))
    for (kind, *_), group in groupby(numbered, key=lambda each: _place(*each)):
        block = [line for _, line in group]
        at = block[0].old + delta if kind is LineKind.REMOVED else block[0].new
        yield kind, at, [KnownLine(line.text, line.unterminated) for line in block]
        delta += len(block) * ((kind is LineKind.ADDED) - (kind is LineKind.REMOVED))


def _place(index: int, line: DiffLine) -> tuple[LineKind, int, int]:
    """Return the same value for lines of a kind that follow each other in the file."""
    return line.kind, line.old - index if line.old else 0, line.new - index if line.new else 0


def _numbered(lines: Sequence[DiffLine], text: SparseText) -> list[DiffLine]:
    """Return the lines of a diff with their numbers, which are looked for where they were not recorded."""
    code = [line for line in lines if line.kind is not LineKind.OTHER]
    if all(line.old or line.new for line in code):
        return code
    old = [line.text for line in code if line.kind is not LineKind.ADDED]
    at = text.find(old)
    if at is None:
        raise _UnplacedError
    numbered, old_number, new_number = [], at, at
    for line in code:
        has_old, has_new = line.kind is not LineKind.ADDED, line.kind is not LineKind.REMOVED
        numbered.append(line._replace(old=old_number if has_old else 0, new=new_number if has_new else 0))
        old_number, new_number = old_number + has_old, new_number + has_new
    return numbered


def _unrecorded(change: Change, lines: Iterable[DiffLine]) -> bool:
    """Return True if a change has more lines than its diff shows."""
    return change.added + change.removed > sum(line.changed for line in lines)


def _all_lines(text: SparseText) -> Iterator[DiffLine]:
    """Yield the changed lines in order, and the known ones next to them."""
    original = new = 1
    added: list[KnownLine] = []
    for run in [*text.runs, KeptRun(_end(text), ENDLESS)]:
        if isinstance(run, AddedRun):
            added += run.lines
            continue
        yield from _refined(list(_known(text, original, run.start)), added, new)
        new += len(added)
        for number, line in _near(run, text):
            yield DiffLine(LineKind.CONTEXT, line.text, number, new + number - run.start, line.unterminated)
        original, new, added = run.stop, new + run.count, []


def _end(text: SparseText) -> int:
    """Return the number after the last line of the first content that is known to have existed."""
    kept = (run.stop for run in text.runs if isinstance(run, KeptRun))
    return max(max(kept, default=1), max(text.originals, default=0) + 1)


def _known(text: SparseText, start: int, stop: int) -> Iterator[tuple[int, KnownLine]]:
    """Yield known lines of the first content with their numbers."""
    numbers = range(start, stop) if stop - start < len(text.originals) else sorted(text.originals)
    for number in numbers:
        if start <= number < stop and (line := text.originals.get(number)) is not None:
            yield number, line


def _near(run: KeptRun, text: SparseText) -> Iterator[tuple[int, KnownLine]]:
    """Yield the known lines next to the ends of a run."""
    head = min(run.stop, run.start + CONTEXT)
    yield from _known(text, run.start, head)
    if not run.is_endless:
        yield from _known(text, max(run.stop - CONTEXT, head), run.stop)


def _refined(removed: Sequence[tuple[int, KnownLine]], added: Sequence[KnownLine], new: int) -> Iterator[DiffLine]:
    """Yield the lines of a block; those that were removed and came back are unchanged."""
    for operation, i, i_end, j, j_end in _operations([line.text for _, line in removed], [line.text for line in added]):
        pairs = zip(removed[i:i_end], added[j:j_end], strict=False)
        if operation == "equal":
            for place, ((old, _), line) in enumerate(pairs, new + j):
                yield DiffLine(LineKind.CONTEXT, line.text, old, place, line.unterminated)
            continue
        for old, line in removed[i:i_end]:
            yield DiffLine(LineKind.REMOVED, line.text, old, 0, line.unterminated)
        for place, line in enumerate(added[j:j_end], new + j):
            yield DiffLine(LineKind.ADDED, line.text, 0, place, line.unterminated)


def _operations(before: Sequence[str], after: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if not before or not after or max(len(before), len(after)) > _MAX_REFINED:
        return [("replace", 0, len(before), 0, len(after))]
    return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


def _with_gaps(lines: Sequence[DiffLine]) -> Iterator[DiffRow]:
    """Yield the lines near a change, and a gap where lines are left out."""
    shown: set[int] = set()
    for place, line in enumerate(lines):
        if line.changed:
            shown.update(range(place - CONTEXT, place + CONTEXT + 1))
    old = new = 0
    for place, line in enumerate(lines):
        if place in shown:
            skipped = max(line.old - old if line.old and old else 0, line.new - new if line.new and new else 0)
            if skipped > 0:
                yield HunkGap(skipped)
                old, new = old + skipped, new + skipped
            yield line
            old, new = (line.old + 1 if line.old else old), (line.new + 1 if line.new else new)


def _kind(changes: Sequence[HistoryChange], *, is_gone: bool, is_new: bool, is_renamed: bool) -> ChangeKind:
    if is_gone:
        return ChangeKind.DELETE
    if is_new:
        return ChangeKind.CREATE
    return ChangeKind.RENAME if is_renamed else ChangeKind.MODIFY


def _alone(number: int, change: HistoryChange, reason: str) -> Stage:
    """Return a change that fits to nothing as a stage of its own, as it was recorded."""
    rows: list[DiffRow] = [row for row in rows_of([change.change]) if not isinstance(row, FileTitle)]
    return Stage(number, number, replace(change.change, diff=""), rows, reason, is_whole=False)
