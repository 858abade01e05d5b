"""A diff as a document."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import ChangeKind
from tui_monitor.tui.diff.arrangement import BLANK, DiffArrangement
from tui_monitor.tui.diff.highlighting import Emphasis, SyntaxColours
from tui_monitor.tui.diff.model import DiffLine, DiffNote, DiffRow, FileTitle, HunkGap, LineKind
from tui_monitor.tui.lines.document import StyleRange, one_line, show_blanks, widest
from tui_monitor.tui.lines.syntax import language_of

_LETTERS = {ChangeKind.CREATE: "A", ChangeKind.MODIFY: "M", ChangeKind.DELETE: "D", ChangeKind.RENAME: "R"}
_SIGNS = {LineKind.ADDED: "+", LineKind.REMOVED: "−"}
_STYLES = {HunkGap: "gap", FileTitle: "title", DiffNote: "note"}
_NO_NEWLINE = "  no newline at end of file"
_BLANKS_HIDDEN = str.maketrans("·→", "  ")


class DiffDocument:
    """A document of the rows of ``arrangement``, with visible white space if ``blanks``."""

    def __init__(self, arrangement: DiffArrangement, *, blanks: bool = False) -> None:
        lines = [row for row in arrangement.rows if isinstance(row, DiffLine)]
        self._digits = len(str(max((max(line.old, line.new) for line in lines), default=0)))
        self.arrangement = arrangement
        self.sides = 2 if arrangement.split else 1
        self.margin = self._digits + len("  + ")
        self._rows = arrangement.rows
        self._pairs = arrangement.pairs
        self._blanks = blanks
        self._colours = SyntaxColours(self._rows, self._plain_code, self._language)
        self._emphasis = Emphasis(self._rows, self._plain_code)
        texts = (self._text(index) for index, row in enumerate(self._rows) if _has_text_of_its_own(row))
        self._width = max(widest((line.text for line in lines), one_line), widest(texts, str))

    def __len__(self) -> int:
        return len(self._pairs)

    def texts(self, row: int) -> tuple[str, ...]:
        return tuple(self._text(index) for index in self._pairs[row])

    def width(self) -> int:
        return self._width

    def label(self, row: int, side: int) -> str:
        pair = self._pairs[row]
        visible_row = self._rows[pair[side]] if pair[side] != BLANK else None
        match visible_row:
            case DiffLine():
                is_old_side = len(pair) > 1 and side == 0
                number = visible_row.old if is_old_side else visible_row.new or visible_row.old
                return f" {number or '':>{self._digits}} {_SIGNS.get(visible_row.kind, ' ')} "
            case FileTitle():
                return f" {'':{self._digits}} {_LETTERS.get(visible_row.change.kind, ' ')} "
        return ""

    def style_name(self, row: int, side: int) -> str:
        index = self._pairs[row][side]
        if index == BLANK:
            return "blank"
        visible_row = self._rows[index]
        return visible_row.kind.value if isinstance(visible_row, DiffLine) else _STYLES[type(visible_row)]

    def spans(self, row: int, side: int) -> Iterator[StyleRange]:
        index = self._pairs[row][side]
        visible_row = self._rows[index] if index != BLANK else None
        match visible_row:
            case DiffLine():
                yield from self._line_spans(index, visible_row)
            case FileTitle(change=change):
                yield from _count_spans(self._text(index), change.added, change.removed)

    def _line_spans(self, index: int, line: DiffLine) -> Iterator[StyleRange]:
        code = self._code(line)
        yield from self._colours.of(index)
        if self._blanks:
            yield from (StyleRange(at, at + 1, "faint") for at, character in enumerate(code) if character in "·→")
        for start, end in self._emphasis.of(index):
            yield StyleRange(start, end, f"{line.kind}-word")
        if line.unterminated:
            yield StyleRange(len(code), len(code) + len(_NO_NEWLINE), "faint")

    def _text(self, index: int) -> str:
        row = self._rows[index] if index != BLANK else None
        match row:
            case DiffLine():
                return self._code(row) + (_NO_NEWLINE if row.unterminated else "")
            case FileTitle(change, path, old_path):
                name = f"{old_path} → {path}" if old_path else path
                return one_line(name) + _counts(change.added, change.removed)
            case HunkGap(unchanged, heading):
                count = f"⋯ {unchanged} unchanged" if unchanged else "⋯"
                return f"{count}  {one_line(heading)}" if heading else count
            case DiffNote(text):
                return text
        return ""

    def _code(self, line: DiffLine) -> str:
        """Return the visible_row text of a line. Carriage returns are visible where they may be the change."""
        text = line.text if line.changed or self._blanks else line.text.removesuffix("\r")
        text = text.replace("\r", "␍")
        return one_line(show_blanks(text) if self._blanks else text)

    def _plain_code(self, line: DiffLine) -> str:
        return self._code(line).translate(_BLANKS_HIDDEN) if self._blanks else self._code(line)

    def _language(self, index: int) -> str:
        change = self.arrangement.change_of(index)
        return language_of(change.path) if change else ""


def _has_text_of_its_own(row: DiffRow) -> bool:
    """Return True if a row shows more than the line of a file."""
    return not isinstance(row, DiffLine) or row.unterminated


def _counts(added: int, removed: int) -> str:
    return (f"  +{added}" if added else "") + (f"  −{removed}" if removed else "")


def _count_spans(text: str, added: int, removed: int) -> Iterator[StyleRange]:
    """Return the spans of the two counts at the end of a title."""
    end = len(text)
    if removed:
        yield StyleRange(end - len(f"−{removed}"), end, "minus")
        end -= len(f"  −{removed}")
    if added:
        yield StyleRange(end - len(f"+{added}"), end, "plus")
