"""Messages from the activity log to the screen."""

from __future__ import annotations

from textual.message import Message
from textual.widget import Widget

from tui_monitor.feed.log_pages import PageRequest
from tui_monitor.live.entries import Entry


class LogMessage(Message):
    """A message of an activity log. The log is its sender whoever made it: it would go no further than to the widget in
    whose handler the log was changed."""

    def __init__(self, log: Widget) -> None:
        super().__init__()
        self.set_sender(log)
        self._log = log

    @property
    def control(self) -> Widget:
        """The log that sent it."""
        return self._log


class EntryHighlighted(LogMessage, namespace="log_view"):
    """Another row is selected, or the selected one has other entries (the newest last)."""

    def __init__(self, log: Widget, entries: tuple[Entry, ...]) -> None:
        super().__init__(log)
        self.entries = entries

    @property
    def entry(self) -> Entry | None:
        """The entry of the row; None if no row is selected."""
        return self.entries[-1] if self.entries else None


class EntryOpened(LogMessage, namespace="log_view"):
    """The details of an entry were requested."""

    def __init__(self, log: Widget, entry: Entry) -> None:
        super().__init__(log)
        self.entry = entry


class FollowChanged(LogMessage, namespace="log_view"):
    """The log started or stopped following, or ``behind`` changed: new entries since it stopped."""

    def __init__(self, log: Widget, following: bool, behind: int) -> None:
        super().__init__(log)
        self.following, self.behind = following, behind


class FilterChanged(LogMessage, namespace="log_view"):
    """A key changed the filter to ``text``."""

    def __init__(self, log: Widget, text: str) -> None:
        super().__init__(log)
        self.text = text


class PageRequested(LogMessage, namespace="log_view"):
    """A page of the session's log is wanted."""

    def __init__(self, log: Widget, request: PageRequest) -> None:
        super().__init__(log)
        self.request = request
