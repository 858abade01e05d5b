"""Shared by the readers of Gemini CLI's records: the context of a record, duplicates, and texts."""

from __future__ import annotations

from hashlib import blake2b

from tui_monitor.events.immutable import immutable
from tui_monitor.sources.shared.event_line import EventLine
from tui_monitor.sources.shared.fields import put_bounded, tables, text

SOURCE = "gemini"
PROVIDER = "google"
WINDOW = 1_048_576
"""The program runs every model with this window."""


@immutable(frozen=True, slots=True)
class GeminiLine(EventLine):
    """Context of the events of one record, with the model."""

    model: str = ""


def text_of(content: object) -> str:
    """Return the text of a message: a string, a part, or a list of parts, without thoughts."""
    if isinstance(content, str):
        return content
    parts = [content] if isinstance(content, dict) else content
    return "".join(text(part.get("text")) for part in tables(parts) if not part.get("thought"))


MAX_MESSAGES = 32
MAX_FACTS = 256


class MessageDeduplicator:
    """Keeps the emitted facts of the last few messages: a message is written again, whole, on every addition."""

    def __init__(self, state: dict[str, list[str]]) -> None:
        self._emitted = state

    def state(self) -> dict[str, list[str]]:
        """Return the state as JSON values."""
        return self._emitted

    def has_message(self, message: str) -> bool:
        """Return True for one of the last messages."""
        return message in self._emitted

    def is_new(self, message: str, *fact: object) -> bool:
        """Return True, and remember the fact, when it has not been emitted for the message."""
        digests = self._emitted.get(message, [])
        digest = blake2b(repr(fact).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
        put_bounded(self._emitted, message, digests, MAX_MESSAGES)
        if digest in digests:
            return False
        digests.append(digest)
        del digests[:-MAX_FACTS]
        return True
