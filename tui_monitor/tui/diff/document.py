"""A diff as a document that can be shown."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import ChangeKind
from tui_monitor.tui.diff.arrangement import BLANK, DiffArrangement
from tui_monitor.tui.diff.highlighting import Colours, Emphasis
from tui_monitor.tui.diff.model import DiffLine, DiffNote, DiffRow, FileTitle, HunkGap, LineKind
from tui_monitor.tui.lines.document import StyleRange, blanks_shown, one_line, widest
from tui_monitor.tui.lines.syntax import language_of

_LETTERS = {ChangeKind.CREATE: "A", ChangeKind.MODIFY: "M", ChangeKind.DELETE: "D", ChangeKind.RENAME: "R"}
_SIGNS = {LineKind.ADDED: "+", LineKind.REMOVED: "−"}
_STYLES = {HunkGap: "gap", FileTitle: "title", DiffNote: "note"}
_NO_NEWLINE = "  no newline at end of file"
_BLANKS_HIDDEN = str.maketrans("·→", "  ")


class DiffDocument:
    """Shows the rows of ``arrangement``, with white space made visible if ``blanks``."""

    def __init__(self, arrangement: DiffArrangement, *, blanks: bool = False) -> None:
        lines = [row for row in arrangement.rows if isinstance(row, DiffLine)]
        self._digits = len(str(max((max(line.old, line.new) for line in lines), default=0)))
        self.arrangement = arrangement
        self.sides = 2 if arrangement.split else 1
        self.margin = self._digits + len("  + ")
        self._rows = arrangement.rows
        self._places = arrangement.places
        self._blanks = blanks
        self._colours = Colours(self._rows, self._plain_code, self._language)
        self._emphasis = Emphasis(self._rows, self._plain_code)
        said = (self._text(index) for index, row in enumerate(self._rows) if _says_more(row))
        self._width = max(widest((line.text for line in lines), one_line), widest(said, str))

    def __len__(self) -> int:
        return len(self._places)

    def texts(self, row: int) -> tuple[str, ...]:
        return tuple(self._text(index) for index in self._places[row])

    def width(self) -> int:
        return self._width

    def label(self, row: int, side: int) -> str:
        place = self._places[row]
        shown = self._rows[place[side]] if place[side] != BLANK else None
        match shown:
            case DiffLine():
                left = len(place) > 1 and side == 0
                number = shown.old if left else shown.new or shown.old
                return f" {number or '':>{self._digits}} {_SIGNS.get(shown.kind, ' ')} "
            case FileTitle():
                return f" {'':{self._digits}} {_LETTERS.get(shown.change.kind, ' ')} "
        return ""

    def look(self, row: int, side: int) -> str:
        index = self._places[row][side]
        if index == BLANK:
            return "blank"
        shown = self._rows[index]
        return shown.kind.value if isinstance(shown, DiffLine) else _STYLES[type(shown)]

    def spans(self, row: int, side: int) -> Iterator[StyleRange]:
        index = self._places[row][side]
        shown = self._rows[index] if index != BLANK else None
        match shown:
            case DiffLine():
                yield from self._line_spans(index, shown)
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
        """What is shown of a line of a file. Carriage returns are shown where they may be what has changed."""
        text = line.text if line.changed or self._blanks else line.text.removesuffix("\r")
        text = text.replace("\r", "␍")
        return one_line(blanks_shown(text) if self._blanks else text)

    def _plain_code(self, line: DiffLine) -> str:
        return self._code(line).translate(_BLANKS_HIDDEN) if self._blanks else self._code(line)

    def _language(self, index: int) -> str:
        change = self.arrangement.change_of(index)
        return language_of(change.path) if change else ""


def _says_more(row: DiffRow) -> bool:
    """Whether more is shown of a row than the line of a file."""
    return not isinstance(row, DiffLine) or row.unterminated


def _counts(added: int, removed: int) -> str:
    return (f"  +{added}" if added else "") + (f"  −{removed}" if removed else "")


def _count_spans(text: str, added: int, removed: int) -> Iterator[StyleRange]:
    """Where in the text of a title the two counts stand: at its end."""
    end = len(text)
    if removed:
        yield StyleRange(end - len(f"−{removed}"), end, "minus")
        end -= len(f"  −{removed}")
    if added:
        yield StyleRange(end - len(f"+{added}"), end, "plus")
