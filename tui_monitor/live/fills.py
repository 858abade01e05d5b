"""What fills the context since it last began: what was there at the start, and an estimate of what came since."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.live.entries import Call


@dataclass(frozen=True, slots=True)
class Shares:
    """Tokens of the context by what they are. ``start`` is measured, the others are its growth split by characters."""

    start: int
    outputs: int
    calls: int
    words: int


@dataclass(slots=True)
class Fills:
    """Counts the characters that went into the context of a session's main chain."""

    outputs: int = 0
    calls: int = 0
    words: int = 0
    largest: Call | None = None
    largest_size: int = 0

    def restart(self) -> None:
        """The context began anew."""
        self.outputs = self.calls = self.words = self.largest_size = 0
        self.largest = None

    def answered(self, call: Call, size: int) -> None:
        """The result of ``call``, of ``size`` characters, went in."""
        self.outputs += size
        if size > self.largest_size:
            self.largest, self.largest_size = call, size

    def shares(self, start: int | None, tokens: int | None) -> Shares | None:
        """How ``tokens`` are shared out; None while they or the start are unknown."""
        if start is None or tokens is None:
            return None
        grown, characters = max(0, tokens - start), self.outputs + self.calls + self.words
        if not characters:
            return Shares(start, 0, 0, grown)
        outputs, calls = (grown * part // characters for part in (self.outputs, self.calls))
        return Shares(start, outputs, calls, grown - outputs - calls)

    def largest_tokens(self, shares: Shares) -> int:
        """The largest single result, estimated in tokens."""
        return shares.outputs * self.largest_size // self.outputs if self.outputs else 0
