"""A person's place in the log: the selected row, and whether it is always the newest."""

from __future__ import annotations

from tui_monitor.tui.rows.items import LogItem
from tui_monitor.tui.rows.listing import LogListing


class LogCursor:
    """The selected row of a listing. It stays with what stands in it while rows come and go, or follows the newest."""

    def __init__(self) -> None:
        self.listing = LogListing()
        self.index: int | None = None
        self.following = True
        self._left_at = 0

    @property
    def item(self) -> LogItem | None:
        """What is selected."""
        return None if self.index is None else self.listing.item(self.index)

    @property
    def behind(self) -> int:
        """How many entries have come since it stopped following."""
        return 0 if self.following else self.listing.newer_than(self._left_at)

    def relist(self, listing: LogListing) -> None:
        """The rows have changed."""
        selected = self.item
        self.listing = listing
        self.index = listing.last() if self.following or selected is None else listing.find(selected)

    def follow(self) -> None:
        """Select the newest row from here on."""
        self.following = True
        self.index = self.listing.last()

    def leave(self) -> None:
        """Follow no more: what comes from here on is news."""
        if self.following:
            self.following, self._left_at = False, self.listing.newest_at()
