"""Which update of a context says how full it is."""

from __future__ import annotations

from typing import NamedTuple

from tui_monitor.events import ContextUpdate

_UNKNOWN = -1


class ContextFill(NamedTuple):
    """The fill of a context by one update; of two the greater one counts.

    Of one instant that is the one further down its file: lines of one file may have no time of their own, and two files
    may have the same one. Of one line a number counts more than that none is known.
    """

    at: int
    position: int
    size: int

    @classmethod
    def of(cls, update: ContextUpdate) -> ContextFill:
        """Return the fill that an update states."""
        return cls(update.at, update.position, _UNKNOWN if update.tokens is None else update.tokens)

    @property
    def tokens(self) -> int | None:
        """The tokens in the context, None while unknown."""
        return None if self.size == _UNKNOWN else self.size
