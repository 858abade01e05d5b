"""What all readers of Codex lines share: where an event belongs, and how texts and numbers are written there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from tui_monitor.events import SessionKey, SourceRef
from tui_monitor.sources.fields import MAX_COUNT, count

SOURCE = "codex"


@dataclass(frozen=True, slots=True)
class Line:
    """Where the events of one line belong: the session, the time (epoch ms), the place in the file, the model."""

    session: SessionKey
    at: int
    ref: SourceRef
    model: str = ""


def digest(text: str) -> str:
    """A short name of a text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def text_of(content: Any) -> str:
    """The words of a message or result: a text, or a list of parts of which some are text and others pictures."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content] if content else []
    return "\n".join(filter(None, map(_part, parts)))


def _part(part: Any) -> str:
    if not isinstance(part, dict):
        return str(part or "")
    if isinstance(part.get("text"), str):
        return str(part["text"])
    kind = str(part.get("type", ""))
    return "[image]" if "image" in kind else f"[{kind}]" if kind else ""


def millis(duration: object) -> int | None:
    """Milliseconds of a duration told as ``{"secs": …, "nanos": …}`` or in seconds; None where it is not told."""
    if isinstance(duration, dict):
        return count(duration.get("secs")) * 1000 + count(duration.get("nanos")) // 1_000_000
    return round(duration * 1000) if isinstance(duration, int | float) and 0 <= duration < MAX_COUNT else None


def first_text(values: Iterable[Any]) -> str:
    """The first of them that is a text and not empty."""
    return next((value for value in values if isinstance(value, str) and value.strip()), "")
