"""x"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from tui_monitor.events import MAIN, SessionKey, SourceRef
from tui_monitor.sources.shared.fields import put_bounded, tables, text

SOURCE = "gemini"
PROVIDER = "google"


@dataclass(frozen=True, slots=True)
class Line:
    """Where the events of one record belong: session, agent, time (epoch ms), place in the file, model."""

    session: SessionKey
    agent: str = MAIN
    at: int = 0
    ref: SourceRef | None = None
    model: str = ""


def text_of(content: object) -> str:
    """The words of a message: a text, a part, or a list of parts, of which some hold no words and some are thoughts."""
    if isinstance(content, str):
        return content
    parts = [content] if isinstance(content, dict) else content
    return "".join(text(part.get("text")) for part in tables(parts) if not part.get("thought"))


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
        put_bounded(self._told, message, told, MAX_MESSAGES)
        if digest in told:
            return False
        told.append(digest)
        del told[:-MAX_FACTS]
        return True
