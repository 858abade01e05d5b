"""The same thing told by two kinds of lines is one thing."""

from __future__ import annotations


class Twice:
    """Knows again what two kinds of lines tell: an event and an item, a line and an event.

    Within one turn the same words told by two tellers are one thing; told twice by one teller they are two.
    """

    _KEPT = 8

    def __init__(self, told: dict[str, list[str]]) -> None:
        self._told = told

    def is_news(self, teller: str, what: str) -> bool:
        """Whether no other teller has told this; then it is remembered."""
        for other, told in self._told.items():
            if other != teller and what in told:
                told.remove(what)
                return False
        told = self._told.setdefault(teller, [])
        told.append(what)
        del told[: -self._KEPT]
        return True

    def turn(self) -> None:
        """A new turn: nothing told before is told again."""
        self._told.clear()

    def state(self) -> dict[str, list[str]]:
        """What is waiting to be told by another."""
        return self._told
