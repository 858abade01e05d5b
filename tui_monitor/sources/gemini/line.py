"""What all readers of Gemini CLI's records share: where an event belongs, and how texts are written there."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events import MAIN, SessionKey, SourceRef
from tui_monitor.sources.fields import tables, text

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
