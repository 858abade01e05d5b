"""What has been told of the last messages: a message is written again, whole, whenever something is added to it."""

from __future__ import annotations

from hashlib import blake2b

from tui_monitor.sources.fields import remember

MAX_MESSAGES = 32
MAX_FACTS = 256


class Once:
    """Remembers, by message, which facts of it have been told; of the last few messages only."""

    def __init__(self, state: dict[str, list[str]]) -> None:
        self._told = state

    def state(self) -> dict[str, list[str]]:
        """Everything needed to go on."""
        return self._told

    def knows(self, message: str) -> bool:
        """Whether it is one of the last messages."""
        return message in self._told

    def is_news(self, message: str, *fact: object) -> bool:
        """Whether this fact of the message is told for the first time."""
        told = self._told.get(message, [])
        digest = blake2b(repr(fact).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
        remember(self._told, message, told, MAX_MESSAGES)
        if digest in told:
            return False
        told.append(digest)
        del told[:-MAX_FACTS]
        return True
