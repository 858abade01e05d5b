"""The view of a diff."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from tui_monitor.events import Change
from tui_monitor.tui.diff.arrangement import DiffArrangement, FilePosition
from tui_monitor.tui.diff.document import DiffDocument
from tui_monitor.tui.diff.model import DiffRow, FileTitle
from tui_monitor.tui.diff.parse import rows_of
from tui_monitor.tui.lines.document import SectionDocument, TextSection
from tui_monitor.tui.lines.syntax import load_language
from tui_monitor.tui.widgets.line_view import LineView

SPLIT_WIDTH = 100
"""Cells from which a diff can be shown side by side."""
_ABOVE = 2
"""Lines that stay visible above the target of a jump."""
_LARGE = 200_000
"""Characters of diffs that take noticeable time to parse; a notice is shown meanwhile."""


class DiffView(LineView):
    """Shows changes, one after the other. A view too narrow for two columns stays unified."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "u", "toggle_split", "Side by side", id="diff.split", tooltip="Show one column, or old and new side by side"
        ),
        Binding("w", "toggle_blanks", "White space", show=False, id="diff.blanks", tooltip="Show spaces and tabs"),
        Binding("n", "change(1)", "Next change", show=False, id="diff.next", tooltip="Go to the next change"),
        Binding(
            "N", "change(-1)", "Previous change", show=False, id="diff.previous", tooltip="Go to the previous change"
        ),
        Binding(
            "right_square_bracket",
            "file(1)",
            "Next file",
            show=False,
            id="diff.next_file",
            tooltip="Go to the next file",
        ),
        Binding(
            "left_square_bracket",
            "file(-1)",
            "Previous file",
            show=False,
            id="diff.previous_file",
            tooltip="Go to the previous file",
        ),
    ]

    split: reactive[bool] = reactive(False, init=False)
    blanks: reactive[bool] = reactive(False, init=False)

    @dataclass
    class Prepared(Message, bubble=False):
        """A thread has prepared a document, to be shown from its row ``top`` on."""

        request: int
        document: DiffDocument
        top: int

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id, classes=classes)
        self._rows: Callable[[], Sequence[DiffRow]] = lambda: ()
        self._arrangement = DiffArrangement(())
        self._request = 0
        self._split_requested = False

    def show(self, changes: Iterable[Change], shorten: Callable[[str], str] = str, *, stay: bool = False) -> None:
        """Show other changes (without reads) as soon as a thread has prepared them, from their beginning or, with
        ``stay``, at the current position. ``shorten`` returns the shown form of a path."""
        fixed_changes = tuple(changes)
        if not stay and sum(len(change.diff) for change in fixed_changes) > _LARGE:
            self.show_document(SectionDocument([TextSection.of("reading …", "note")]))
        self._rows = cache(lambda: rows_of(fixed_changes, shorten))
        self._prepare(self._index if stay else 0)

    def show_rows(self, rows: Callable[[], Sequence[DiffRow]], *, stay: bool = False) -> None:
        """Show the rows that a thread makes; see `show`."""
        if not stay:
            self.show_document(SectionDocument([TextSection.of("reading …", "note")]))
        self._rows = cache(rows)
        self._prepare(self._index if stay else 0)

    @property
    def rows(self) -> Sequence[DiffRow]:
        """The rows of the diff."""
        return self._rows()

    @property
    def file_position(self) -> FilePosition | None:
        """The file and line at the top of the view."""
        return self._arrangement.file_position(self.top)

    @property
    def is_split(self) -> bool:
        """True if two columns were requested and there is room for them."""
        return self.split and self.scrollable_content_region.width >= SPLIT_WIDTH

    @property
    def _index(self) -> int:
        return self._arrangement.index_at(self.top)

    def _prepare(self, index: int) -> None:
        """Have a thread arrange the rows, then show them from the row ``index`` on."""
        self._request += 1
        self._split_requested = self.is_split
        work = partial(self._work, self._request, self._rows, index, split=self.is_split, blanks=self.blanks)
        self.run_worker(work, group="diff", exclusive=True, thread=True)

    def _work(
        self, request: int, read: Callable[[], Sequence[DiffRow]], index: int, *, split: bool, blanks: bool
    ) -> None:
        rows = read()
        for path in {row.change.path for row in rows if isinstance(row, FileTitle)}:
            load_language(path)
        arrangement = DiffArrangement(rows, split=split)
        document = DiffDocument(arrangement, blanks=blanks)
        self.post_message(self.Prepared(request, document, arrangement.position_of(index)))

    def on_diff_view_prepared(self, message: Prepared) -> None:
        """Show the document of the latest request."""
        message.stop()
        if message.request == self._request:
            self._arrangement = message.document.arrangement
            self.show_document(message.document, message.top)

    def on_resize(self) -> None:
        """Switch between one and two columns if the width requires it."""
        if self.is_split != self._split_requested:
            self._prepare(self._index)

    def watch_split(self) -> None:
        self._prepare(self._index)

    def watch_blanks(self) -> None:
        self._prepare(self._index)

    def action_toggle_split(self) -> None:
        """Switch between one column and side by side, if there is room."""
        width = self.scrollable_content_region.width
        if width < SPLIT_WIDTH:
            self.notify(f"Side by side needs {SPLIT_WIDTH} columns; there are {width}.")
        else:
            self.split = not self.split

    def action_toggle_blanks(self) -> None:
        """Show or hide spaces and tabs."""
        self.blanks = not self.blanks

    def action_change(self, step: int) -> None:
        """Go to the next or previous run of changed lines."""
        self._jump(self._arrangement.changes, step, _ABOVE)

    def action_file(self, step: int) -> None:
        """Go to the next or previous file."""
        self._jump(self._arrangement.files, step, 0)

    def _jump(self, positions: Sequence[int], step: int, above: int) -> None:
        here = self.scroll_offset.y
        lines = [max(0, self.line_of(position) - above) for position in positions]
        ahead = next((line for line in lines[::step] if (line - here) * step > 0), None)
        if ahead is not None:
            self.scroll_to(y=ahead, animate=False)
