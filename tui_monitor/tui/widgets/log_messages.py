"""What the activity log tells the screen."""

from __future__ import annotations

from textual.message import Message
from textual.widget import Widget

from tui_monitor.live.entries import Entry


class LogMessage(Message):
    """Something that a person did in an activity log, or that came of it."""

    def __init__(self, log: Widget) -> None:
        super().__init__()
        self._log = log

    @property
    def control(self) -> Widget:
        """The log that sent it."""
        return self._log


class EntryHighlighted(LogMessage, namespace="log_view"):
    """Another row is selected, or the selected one tells of more: its entries, the newest last."""

    def __init__(self, log: Widget, entries: tuple[Entry, ...]) -> None:
        super().__init__(log)
        self.entries = entries

    @property
    def entry(self) -> Entry | None:
        """The entry that the row is about; None when there is no row to select."""
        return self.entries[-1] if self.entries else None


class EntryOpened(LogMessage, namespace="log_view"):
    """A person wants to see all of an entry."""

    def __init__(self, log: Widget, entry: Entry) -> None:
        super().__init__(log)
        self.entry = entry


class FollowChanged(LogMessage, namespace="log_view"):
    """Whether the log follows what is new, and how many entries have come since it does not."""

    def __init__(self, log: Widget, following: bool, behind: int) -> None:
        super().__init__(log)
        self.following, self.behind = following, behind


class FilterChanged(LogMessage, namespace="log_view"):
    """A key changed the filter to ``text``."""

    def __init__(self, log: Widget, text: str) -> None:
        super().__init__(log)
        self.text = text
