"""The detail of the selected call below its title; carries out its requests."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one

from tui_monitor.feed.deliveries import CallBodies
from tui_monitor.live.entries import Entry
from tui_monitor.tui import external_actions
from tui_monitor.tui.detail.bodies import BodyTexts
from tui_monitor.tui.detail.related import NOTHING_RELATED, Related
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.spans import Spans
from tui_monitor.tui.widgets.call_detail import CallDetail
from tui_monitor.tui.widgets.title_rule import Frame, TitleRule


class DetailPane(Vertical):
    """Edits, copies and saves; missing bodies are requested by the screen."""

    title_rule = query_one(TitleRule)
    detail = query_one(CallDetail)

    _cwd = ""

    def compose(self) -> ComposeResult:
        yield TitleRule("Detail")
        with Frame():
            yield CallDetail()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the open text."""
        self.detail.focus(scroll_visible)
        return self

    def show(
        self,
        entry: Entry | None,
        context: RowContext,
        ordinal: tuple[int, int] | None,
        more: Spans = (),
        related: Related = NOTHING_RELATED,
    ) -> None:
        """Show an entry of the log; see `CallDetail.show`."""
        self._cwd = context.cwd
        self.detail.show(entry, context, ordinal, more, related)
        self.title_rule.update(title=self.detail.title.plain)

    def update_bodies(self, answer: CallBodies) -> None:
        """Set the requested bodies of a call."""
        texts = (answer.input, answer.output, answer.error, answer.metadata)
        bodies = BodyTexts(*texts, answer.changes, answer.proposal, answer.answers)
        self.detail.set_bodies(answer.call, bodies, complete=answer.complete)

    @on(CallDetail.EditRequested)
    def _edit(self, message: CallDetail.EditRequested) -> None:
        external_actions.edit(self.app, Path(self._cwd) / message.path, message.line)

    @on(CallDetail.CopyRequested)
    def _copy(self, message: CallDetail.CopyRequested) -> None:
        self.app.copy_to_clipboard(message.text)
        self.notify("Copied.")

    @on(CallDetail.SaveRequested)
    def _save(self, message: CallDetail.SaveRequested) -> None:
        external_actions.save(self.app, message.name, message.text)
