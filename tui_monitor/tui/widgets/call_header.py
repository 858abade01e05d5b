"""The facts about a call above its texts, and the line of tabs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Static

from tui_monitor.live.entries import Call, Entry
from tui_monitor.tui.detail.facts import facts, headline, target
from tui_monitor.tui.detail.tabs import Tab
from tui_monitor.tui.rows.context import RowContext
from tui_monitor.tui.spans import Spans
from tui_monitor.tui.tones import content_of


class HeaderLine(Static):
    """Spans on as many lines as they take; without spans it takes no line."""

    DEFAULT_CSS = """
    HeaderLine {
        height: auto;
        &.-empty { display: none; }
    }
    """
    _spans: Spans = ()

    def show(self, spans: Spans) -> None:
        """Show these spans."""
        if spans != self._spans:
            self._spans = spans
            content = content_of([spans])
            width = self.size.width
            same_height = width > 0 and content.get_height({}, width) == self.size.height
            self.update(content, layout=not same_height)
        self.set_class(not spans, "-empty")


class CallHeader(Vertical):
    """State and times of an entry, its target, and the other facts."""

    DEFAULT_CSS = """
    CallHeader {
        height: auto;
        padding: 0 1;

        & > #headline { max-height: 2; text-style: bold; }
        & > #target { max-height: 3; }
        & > #facts { max-height: 2; }
        &:ansi > #facts { text-style: dim; }
    }
    """

    headline = query_one("#headline", HeaderLine)
    target = query_one("#target", HeaderLine)
    facts = query_one("#facts", HeaderLine)

    def compose(self) -> ComposeResult:
        yield HeaderLine(id="headline")
        yield HeaderLine(id="target")
        yield HeaderLine(id="facts")

    def show(self, entry: Entry, context: RowContext, shown: str = "", more: Spans = ()) -> None:
        """Show the facts about ``entry`` that are not in the ``shown`` title; ``more`` belongs to the first line."""
        call = entry if isinstance(entry, Call) else None
        self.headline.show(headline(entry, context, more))
        self.target.show(target(call, context, shown) if call else ())
        self.facts.show(facts(call, context) if call else ())


class TabLabel(Static):
    """One tab: its key and its name."""

    @dataclass
    class Selected(Message):
        """The tab was clicked."""

        tab: Tab

    def __init__(self, key: int, tab: Tab) -> None:
        super().__init__(f"{key} {tab}", markup=False)
        self.tab = tab

    def on_click(self) -> None:
        """Select this tab."""
        self.post_message(self.Selected(self.tab))


class TabLine(Horizontal):
    """Shows the available tabs and the open one."""

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
            &.-open { background: $tone-cursor; color: $text; text-style: bold; }
            &:ansi:disabled, &:nocolor:disabled { text-style: strike; }
        }
    }
    """

    def compose(self) -> ComposeResult:
        for key, tab in enumerate(Tab, 1):
            yield TabLabel(key, tab)

    def show(self, available: Collection[Tab], current: Tab | None) -> None:
        """Mark the available tabs, and the open one."""
        for label in self.query_children(TabLabel):
            label.disabled = label.tab not in available
            label.display = label.tab is not Tab.CALLS or not label.disabled
            label.set_class(label.tab is current, "-open")
