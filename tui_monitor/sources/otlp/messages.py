"""The conversation in GenAI attributes: what was asked last, and what the model said to it, as far as it is told."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from tui_monitor.sources.base import Record
from tui_monitor.sources.fields import tables, text


def asked(messages: object) -> str:
    """What a person asked, where that is the last of the messages; else the empty string."""
    told = list(_messages(messages))
    if not told or text(told[-1].get("role")) != "user":
        return ""
    return "\n".join(_texts(told[-1], "text"))


def answered(messages: object, kind: str = "text") -> str:
    """What the model said, or (``reasoning``) thought."""
    return "\n".join(passage for message in _messages(messages) for passage in _texts(message, kind))


def _messages(told: object) -> Iterator[Record]:
    """The messages, which are often told as JSON text."""
    if isinstance(told, str):
        try:
            told = orjson.loads(told)
        except orjson.JSONDecodeError:
            return iter(())
    return tables(told)


def _texts(message: Record, kind: str) -> Iterator[str]:
    for part in tables(message.get("parts")):
        if part.get("type") == kind and (passage := text(part.get("content"))):
            yield passage
