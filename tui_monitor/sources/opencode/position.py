"""How far the rows of a session have been read, and which of them are not over yet."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from hashlib import blake2b

import orjson

from tui_monitor.sources.fields import remember

MAX_OPEN = 256
"""Rows that are looked at again and again; what was left behind by a crash never ends."""


@dataclass(slots=True)
class Place:
    """The last row of one table that was read, by row id and id, and of each that was not over what it then held, as a
    digest."""

    rowid: int = 0
    last: str = ""
    open: dict[str, str] = field(default_factory=dict)

    def is_news(self, row: str, held: str) -> bool:
        """Whether the row with this id holds something else than when it was last read."""
        return self.open.get(row) != held

    def note(self, rowid: int, row: str, held: str, *, is_over: bool) -> None:
        """The row has been read."""
        if rowid > self.rowid:
            self.rowid, self.last = rowid, row
        if is_over:
            self.open.pop(row, None)
        else:
            remember(self.open, row, held, MAX_OPEN)


@dataclass(slots=True)
class Position:
    """The places in both tables, and a digest of what the session itself was said to be."""

    messages: Place = field(default_factory=Place)
    parts: Place = field(default_factory=Place)
    facts: str = ""

    @classmethod
    def of(cls, state: str) -> Position:
        """The position as it was left; the empty text is the start."""
        told = orjson.loads(state) if state else {}
        return cls(Place(**told.get("messages", {})), Place(**told.get("parts", {})), told.get("facts", ""))

    def state(self) -> str:
        """Everything needed to go on, as JSON text."""
        return orjson.dumps(asdict(self)).decode()

    @property
    def cursor(self) -> str:
        """Another one whenever something was read."""
        return f"{self.messages.rowid}:{self.parts.rowid}:{digest(self.state())}"


def digest(*texts: str) -> str:
    """A short name of what these texts say."""
    return blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
