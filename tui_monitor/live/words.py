"""How much was said in the main chain, and when."""

from __future__ import annotations

from tui_monitor.live.characters import characters

MAX_WORDS = 2000
"""So many things that were said last are remembered."""


class Words:
    """What is told again counts once."""

    def __init__(self) -> None:
        self._said: dict[tuple[int, int], None] = {}

    def hear(self, at: int, text: str) -> None:
        """``text`` was said ``at`` this time (epoch ms)."""
        self._said[at, characters(text)] = None
        if len(self._said) > MAX_WORDS:
            del self._said[next(iter(self._said))]

    def since(self, at: int) -> int:
        """The characters of all that was said from then on."""
        return sum(size for when, size in self._said if when >= at)
