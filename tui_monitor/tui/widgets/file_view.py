"""One file that a session changed: its diff over the session, its single changes, and against the last commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import ClassVar, Self

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Static

from tui_monitor.clean import clean_text
from tui_monitor.events import SessionKey
from tui_monitor.live.session import SessionState
from tui_monitor.merge.file_history import FileHistory
from tui_monitor.tui.diff.file_views import (
    FileFacts,
    FileMode,
    facts_of,
    patch_text,
    rows_for,
    single_line,
    summary_line,
)
from tui_monitor.tui.git import HeadDiff
from tui_monitor.tui.keys import FILE_KEYS
from tui_monitor.tui.spans import TextSpan
from tui_monitor.tui.widgets.diff_view import DiffView
from tui_monitor.tui.widgets.span_text import SpanText
from tui_monitor.tui.widgets.title_rule import Frame, TitleRule


class ModeLabel(Static):
    """A view and its key."""

    @dataclass
    class ModeSelected(Message):
        """The label was clicked."""

        mode: FileMode

    def __init__(self, key: int, mode: FileMode) -> None:
        super().__init__(f"{key} {mode}", markup=False)
        self.mode = mode

    def on_click(self) -> None:
        """Select this view."""
        self.post_message(self.ModeSelected(self.mode))


class FileView(Vertical):
    """Shows the file last passed to `open`. Its history and its comparison with git are asked for by messages. Times of
    day are in ``tz`` (None: local)."""

    DEFAULT_CSS = """
    FileView {
        #modes { height: 1; padding: 0 1; }
        DiffView { height: 1fr; }
        ModeLabel {
            width: auto;
            padding: 0 1;
            color: $text-muted;
            &:hover { color: $text; }
            &.-open { background: $tone-cursor; color: $text; text-style: bold; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*FILE_KEYS]

    title_rule = query_one(TitleRule)
    about = query_one("#about", SpanText)
    diff = query_one(DiffView)

    @dataclass
    class HistoryRequested(Message):
        """The changes of a file are needed; the answer goes to `FileView.set_history`."""

        session: SessionKey
        path: str

    @dataclass
    class HeadRequested(Message):
        """The comparison of a file with the last commit is needed; the answer goes to `FileView.set_head`."""

        path: str

    @dataclass
    class FileEditRequested(Message):
        """The file is to be opened in the editor."""

        path: str
        line: int

    class FileZoomRequested(Message):
        """A person wants the file to have the whole screen, or only its place again."""

    def __init__(self, tz: tzinfo | None = None, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id)
        self._tz = tz
        self._state: SessionState | None = None
        self._facts = FileFacts("")
        self._mode = FileMode.SESSION
        self._number = 0
        self._requested = 0

    def compose(self) -> ComposeResult:
        yield TitleRule("File")
        with Frame():
            yield SpanText(id="about")
            with Horizontal(id="modes"):
                for key, mode in enumerate(FileMode, 1):
                    yield ModeLabel(key, mode)
            yield DiffView()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the diff."""
        self.diff.focus(scroll_visible)
        return self

    @property
    def path(self) -> str:
        """The path of the file, as the session records it."""
        return self._facts.path

    def open(self, path: str, state: SessionState) -> None:
        """Show a file of a session."""
        self._state, self._facts = state, facts_of(path, state, self._tz)
        self._mode = FileMode.SESSION if _count(state, path) else FileMode.HEAD
        self._number = self._requested = 0
        self._request(state)
        self._show()

    def update(self, state: SessionState) -> None:
        """Ask for what has changed since the file was opened."""
        if state is self._state and self.path and _count(state, self.path) > self._requested:
            self._request(state)

    def _request(self, state: SessionState) -> None:
        """Ask as the sender, whoever opened the file: Textual does not let messages pass that a widget above sends."""
        self._requested = _count(state, self.path)
        self.post_message(self.HistoryRequested(state.key, self.path).set_sender(self))
        self.post_message(self.HeadRequested(self.path).set_sender(self))

    def set_history(self, history: FileHistory) -> None:
        """Show the changes of the file; those of another one are ignored."""
        state = self._state
        if state and (history.session, history.path) == (state.key, self.path) and history != self._facts.history:
            stay = self._facts.history is not None
            fresh = facts_of(self.path, state, self._tz)
            self._facts = replace(fresh, history=history, head=self._facts.head)
            self._number = min(self._number or len(history.changes), len(history.changes))
            self._show(stay=stay)

    def set_head(self, path: str, head: HeadDiff) -> None:
        """Show the comparison with the last commit; that of another file is ignored."""
        if path == self.path and head != self._facts.head:
            self._facts = replace(self._facts, head=head)
            if self._mode is FileMode.HEAD:
                self._show(stay=True)

    def _show(self, *, stay: bool = False) -> None:
        facts = self._facts
        has_single = self._mode is FileMode.SINGLE and facts.changes
        line = single_line(facts, self._number) if has_single else summary_line(facts)
        self.about.show([(TextSpan(" "), *line)])
        self.title_rule.update(title=f"File  {facts.shown_path}", aside=self._aside())
        for label in self.query(ModeLabel):
            label.set_class(label.mode is self._mode, "-open")
        mode = self._mode if facts.changes or self._mode is FileMode.HEAD else FileMode.SESSION
        if facts.history is not None or mode is FileMode.HEAD:
            self.diff.show_rows(rows_for(mode, facts, self._number), stay=stay)

    def _aside(self) -> str:
        count = len(self._facts.changes)
        return f"{self._number} of {count}" if self._mode is FileMode.SINGLE and count else ""

    def on_mode_label_mode_selected(self, message: ModeLabel.ModeSelected) -> None:
        """Show the clicked view."""
        message.stop()
        self.action_mode(message.mode)

    def action_mode(self, mode: str) -> None:
        """Show another view of the file."""
        self._mode = FileMode(mode)
        self._show()

    def action_step(self, by: int) -> None:
        """Show the single change after (1) or before (-1) this one, at first the last."""
        count = len(self._facts.changes)
        if self._mode is FileMode.SINGLE:
            self._number = max(1, min(count, self._number + by))
        self.action_mode(FileMode.SINGLE)

    def action_edit(self) -> None:
        """Ask for the editor, at the line at the top of the diff."""
        top = self.diff.file_position
        self.post_message(self.FileEditRequested(self.path, top.line if top else 0))

    def action_copy(self) -> None:
        """Copy the diff."""
        if self._facts.changes or self._mode is FileMode.HEAD:
            self.app.copy_to_clipboard(clean_text(patch_text(self.path, self.diff.rows)))
            self.notify("Copied.")

    def action_zoom(self) -> None:
        """Ask for the whole screen, or for the old place."""
        self.post_message(self.FileZoomRequested())


def _count(state: SessionState, path: str) -> int:
    """Return how often a file was changed, as far as its session's totals say."""
    return next((file.changes for file in state.totals.files if file.path == path), 0)
