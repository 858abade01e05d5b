"""Navigation in the activity log: keys, mouse wheel, clicks, scroll bar."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp

from tui_monitor.tui.rows.items import LogItem
from tui_monitor.tui.widgets.log_lines import LogLines
from tui_monitor.tui.widgets.log_messages import EntryOpened

WHEEL_LINES = 3


class LogView(LogLines, can_focus=True, inherit_bindings=False):
    """A navigable log: it stops following new rows when a person looks back, and follows again at the end."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._pressed_g = False

    def _look_back_to(self, top: int) -> None:
        """Stop following, and scroll to the line ``top``."""
        from_end = self._cursor.listing.height - top
        self.look_back()
        self._scroll(self._cursor.listing.height - from_end)
        self._update()

    def on_key(self, event: events.Key) -> None:
        """Forget a pressed g unless another one follows."""
        self._pressed_g = self._pressed_g and event.key == "g"

    def on_click(self, event: events.Click) -> None:
        """Select the clicked row, or open it if it is selected."""
        line = event.y + self.scroll_offset.y
        if line >= self._cursor.listing.height:
            return
        index, _ = self._cursor.listing.at_line(line)
        item = self._cursor.listing.item(index)
        if index == self._cursor.index:
            self.action_open()
        elif item:
            self.look_back()
            self.select(self._cursor.listing.find(item))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look back."""
        event.stop()
        event.prevent_default()
        self._look_back_to(self.scroll_offset.y - WHEEL_LINES)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll forward; at the end, follow."""
        event.stop()
        event.prevent_default()
        self._scroll(self.scroll_offset.y + WHEEL_LINES)
        if self.scroll_offset.y >= self.max_scroll_y:
            self.follow()

    def on_scroll_to(self, event: ScrollTo) -> None:
        """Scroll to the dragged position."""
        event.stop()
        event.prevent_default()
        self._look_back_to(round(event.y or 0))

    def on_scroll_up(self, event: ScrollUp) -> None:
        """Page back: a click above the handle of the scroll bar."""
        event.stop()
        event.prevent_default()
        self.action_page(-1)

    def on_scroll_down(self, event: ScrollDown) -> None:
        """Page forward: a click below the handle of the scroll bar."""
        event.stop()
        event.prevent_default()
        self.action_page(1)

    def action_move(self, by: int) -> None:
        """Select the next row above (-1) or below (1)."""
        self._seek(by, lambda item: True)

    def _seek(self, by: int, matches: Callable[[LogItem], bool], centred: bool = False) -> bool:
        """Select the next matching row back (-1) or forward (1); if there is none, stay, or keep following, and return
        False."""
        followed = self.following
        if by < 0:
            self.look_back()
        index = self._cursor.index
        target = None if index is None else self._cursor.listing.step(index, by, matches)
        if target is None and followed:
            self.follow()
        else:
            self.select(target, centred)
        return target is not None

    def action_page(self, by: int) -> None:
        """Page back (-1) or forward (1)."""
        if by < 0:
            self.look_back()
        listing, index = self._cursor.listing, self._cursor.index
        if index is None:
            return
        lines = by * max(1, self.size.height - 1)
        line = min(max(0, listing.lines_of(index).start + lines), listing.height - 1)
        near = listing.at_line(line)[0]
        self._scroll(self.scroll_offset.y + lines)
        self.select(listing.step(near - 1, 1) if by < 0 else listing.step(near + 1, -1))

    def action_oldest(self) -> None:
        """Go to the oldest row."""
        self.look_back()
        self.select(self._cursor.listing.first())

    def action_first_g(self) -> None:
        """Go to the oldest row at the second g in a row."""
        if self._pressed_g:
            self.action_oldest()
        self._pressed_g = not self._pressed_g

    def action_newest(self) -> None:
        """Go to the newest row, and follow."""
        self.follow()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable one of pause and follow, which share a key."""
        if action in ("pause", "follow"):
            return self.following is (action == "pause")
        return super().check_action(action, parameters)

    def action_pause(self) -> None:
        """Stop following."""
        self._look_back_to(self.scroll_offset.y)

    def action_follow(self) -> None:
        """Follow again."""
        self.follow()

    def action_open(self) -> None:
        """Request the details of the selected row."""
        if self.selected:
            self.post_message(EntryOpened(self, self.selected.entry))
