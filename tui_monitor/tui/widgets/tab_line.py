"""The tabs of a call in one line."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from tui_monitor.tui.detail.tabs import Tab


class TabLabel(Static):
    """One tab: its key and its name."""

    @dataclass
    class Chosen(Message):
        """It was clicked."""

        tab: Tab

    def __init__(self, key: int, tab: Tab) -> None:
        super().__init__(f"{key} {tab}", markup=False)
        self.tab = tab

    def on_click(self) -> None:
        """A click opens the tab."""
        self.post_message(self.Chosen(self.tab))


class TabLine(Horizontal):
    """Shows which tabs there are, and which one is open."""

    DEFAULT_CSS = """
    TabLine {
        height: 1;
        padding: 0 1;

        & > TabLabel {
            width: auto;
            padding: 0 1;
            color: $text-muted;
            &:hover { color: $text; }
            &:disabled { color: $text-disabled; }
            &.-open { background: $primary; color: $text; text-style: bold; }
            &:ansi:disabled, &:nocolor:disabled { text-style: strike; }
        }
    }
    """

    def compose(self) -> ComposeResult:
        for key, tab in enumerate(Tab, 1):
            yield TabLabel(key, tab)

    def show(self, offered: Collection[Tab], current: Tab | None) -> None:
        """Mark what can be opened, and what is."""
        for label in self.query_children(TabLabel):
            label.disabled = label.tab not in offered
            label.set_class(label.tab is current, "-open")
