"""The pane beside the log, which shows one pane of the registry at a time below its title."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Self

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.getters import query_one
from textual.message import Message
from textual.reactive import var

from tui_monitor.tui.keys import SIDE_KEYS
from tui_monitor.tui.panes.content import PaneContext
from tui_monitor.tui.panes.registry import PANES, Pane
from tui_monitor.tui.widgets.pane_lines import PaneLines
from tui_monitor.tui.widgets.title_rule import Frame, TitleRule
from tui_monitor.units import pluralize


class SidePane(Vertical):
    """Shows what was last passed to `update` in the current pane."""

    BINDINGS: ClassVar[list[BindingType]] = [*SIDE_KEYS]

    pane: var[Pane] = var(PANES[0], init=False)
    title_rule = query_one(TitleRule)
    rows = query_one(PaneLines)

    class ZoomRequested(Message):
        """A person wants the pane to have the whole screen, or only its place again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # as Textual has it
        super().__init__(id=id)
        self._shown: PaneContext | None = None
        self._orders: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        yield TitleRule(self.pane.title)
        with Frame():
            yield PaneLines()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Focus the rows."""
        self.rows.focus(scroll_visible)
        return self

    def update(self, context: PaneContext) -> None:
        """Show a session at a time; the pane itself knows its width and the order of its rows."""
        if self._shown and self._shown.state is not context.state:
            self.rows.restart()
        self._shown = context
        self._draw()

    def watch_pane(self) -> None:
        """Show another pane."""
        self.title_rule.update(title=self.pane.title)
        self.rows.restart()
        self._draw()
        self._update_title()

    def on_resize(self) -> None:
        """Compose the lines for the new width."""
        self.call_after_refresh(self._draw)

    @property
    def order(self) -> str:
        """The order of the rows of the current pane, empty if it has but one."""
        return self._orders.get(self.pane.name, next(iter(self.pane.orders), ""))

    def _draw(self) -> None:
        width = self.rows.text_width
        if self._shown and width > 0:
            self.rows.show(self.pane.content(replace(self._shown, width=width, order=self.order)))

    @on(PaneLines.Moved)
    def _update_title(self) -> None:
        """Say in the title which row is selected, and what there is no room for."""
        number, count = self.rows.position
        left, right = self.rows.hidden_columns
        parts = (
            f"by {self.order}" if self.order else "",
            f"{number} of {count}" if count else "",
            f"← {pluralize(left, 'column')}" if left else "",
            f"{pluralize(right, 'column')} →" if right else "",
        )
        self.title_rule.update(aside=" · ".join(filter(None, parts)))

    def action_zoom(self) -> None:
        """Ask for the whole screen, or for the old place."""
        self.post_message(self.ZoomRequested())

    def action_order(self) -> None:
        """Show the rows in the next order."""
        orders = self.pane.orders
        if len(orders) > 1:
            self._orders[self.pane.name] = orders[(orders.index(self.order) + 1) % len(orders)]
            self._draw()
            self._update_title()

    def action_turn(self, by: int) -> None:
        """Show the pane after (1) or before (-1) the current one."""
        self.pane = PANES[(PANES.index(self.pane) + by) % len(PANES)]

    def action_choose(self, number: int) -> None:
        """Show the pane of this number, from 1."""
        self.pane = PANES[number - 1]
