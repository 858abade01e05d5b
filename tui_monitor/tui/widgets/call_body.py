"""The body of the open tab: a diff, or another text."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import ContentSwitcher

from tui_monitor.events import Change
from tui_monitor.tui.lines.document import SectionDocument, TextSection
from tui_monitor.tui.widgets.diff_view import DiffView
from tui_monitor.tui.widgets.line_view import LineView, TextView

_END = 2**31
"""A line after all others."""


class CallBody(ContentSwitcher):
    """Shows one body of an entry at a time, and keeps the scroll position of each."""

    DEFAULT_CSS = "CallBody { height: 1fr; }"

    diff = query_one(DiffView)
    text = query_one(TextView)

    def __init__(self) -> None:
        super().__init__(initial="text")
        self._changes: tuple[Change, ...] | None = None
        self._text: tuple[str, object] = ("", None)
        self._tops: dict[str, int] = {}

    def compose(self) -> ComposeResult:
        yield DiffView(id="diff")
        yield TextView(id="text")

    @property
    def view(self) -> LineView:
        """The open view."""
        return self.diff if self.current == self.diff.id else self.text

    @property
    def text_width(self) -> int:
        """Cells for text in a line."""
        return max(0, self.text.scrollable_content_region.width - SectionDocument.margin)

    def begin(self) -> None:
        """Prepare for another entry."""
        self._changes = None
        self._text = ("", None)
        self._tops.clear()

    def show_changes(self, changes: tuple[Change, ...], shorten: Callable[[str], str]) -> None:
        """Open a diff; ``shorten`` returns the shown form of a path."""
        if changes != self._changes:
            self.diff.show(changes, shorten, stay=self._changes is not None)
            self._changes = changes
        self._open(self.diff)

    def show_text(
        self, name: str, version: object, sections: Callable[[], Iterable[TextSection]], *, at_end: bool = False
    ) -> None:
        """Open the text of this name; ``sections`` is called unless this version of it is shown already. With
        ``at_end`` its end stays visible, unless a person has gone back in it."""
        if (name, version) != self._text:
            self._tops[self._text[0]] = self.text.top
            follows = at_end and (self._text[0] != name or self.text.is_at_end)
            self.text.show(sections(), _END if follows else self._tops.get(name, 0))
            self._text = (name, version)
        self._open(self.text)

    def _open(self, view: LineView) -> None:
        had_focus = self.has_focus_within
        self.current = view.id
        if had_focus:
            view.focus()
