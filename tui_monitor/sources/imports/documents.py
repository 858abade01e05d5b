"""JSON documents that may be torn: their programs rewrite them whole, without a rename."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import tables

_SEPARATOR = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def parse_document(text: str) -> Record | None:
    """Return the object in a document; None if it is torn."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def objects_of(text: str, name: str) -> tuple[list[Record], bool]:
    """Return the objects in the list ``name`` of a document, and whether it is whole; of a torn one those before the
    tear."""
    document = parse_document(text)
    if document is not None:
        return list(tables(document.get(name))), True
    return list(_before_the_tear(text, name)), False


def _before_the_tear(text: str, name: str) -> Iterator[Record]:
    begin = re.search(rf'"{re.escape(name)}"\s*:\s*\[', text)
    at = begin.end() if begin else len(text)
    while at < len(text):
        at = _SEPARATOR.match(text, at).end()  # type: ignore[union-attr]  # it always matches
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict):
            yield value
