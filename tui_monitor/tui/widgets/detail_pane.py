"""The detail of the selected call under its title; does what a person asks to be done with it."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one

from tui_monitor.feed.deliveries import CallBodies
from tui_monitor.live.entries import Entry
from tui_monitor.tui import errands
from tui_monitor.tui.detail.bodies import Bodies
from tui_monitor.tui.rows.scene import Scene
from tui_monitor.tui.widgets.call_detail import CallDetail
from tui_monitor.tui.widgets.title_rule import TitleRule


class DetailPane(Vertical):
    """Edits, copies and saves; texts that are missing are for others to find."""

    title_rule = query_one(TitleRule)
    detail = query_one(CallDetail)

    _cwd = ""

    def compose(self) -> ComposeResult:
        yield TitleRule("Detail")
        yield CallDetail()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the text that is open."""
        self.detail.focus(scroll_visible)
        return self

    def show(self, entry: Entry | None, scene: Scene, nth: tuple[int, int] | None) -> None:
        """Show an entry of the log; see `CallDetail.show`."""
        self._cwd = scene.cwd
        self.detail.show(entry, scene, nth)
        self.title_rule.tell(title=self.detail.title.plain)

    def take(self, texts: CallBodies) -> None:
        """Take the texts of a call that were asked for."""
        bodies = Bodies(texts.input, texts.output, texts.error, texts.metadata, texts.changes)
        self.detail.set_bodies(texts.call, bodies, complete=texts.complete)

    @on(CallDetail.EditWanted)
    def _edit(self, message: CallDetail.EditWanted) -> None:
        errands.edit(self.app, Path(self._cwd) / message.path, message.line)

    @on(CallDetail.CopyWanted)
    def _copy(self, message: CallDetail.CopyWanted) -> None:
        self.app.copy_to_clipboard(message.text)
        self.notify("Copied.")

    @on(CallDetail.SaveWanted)
    def _save(self, message: CallDetail.SaveWanted) -> None:
        errands.save(self.app, Path.cwd(), message.name, message.text)
