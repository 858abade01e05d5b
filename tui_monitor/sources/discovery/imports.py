"""Recognition of the stores of other programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tui_monitor.regular_files import read_bytes
from tui_monitor.sources.imports import claude_flow, codetether, radium
from tui_monitor.sources.imports.model import ForeignStore, UnknownStore

MAX_BYTES = 512 << 20
"""Bytes of a document; the programs keep their last records only, so that none comes near it."""
DOCUMENTS: Mapping[Callable[[str], bool], Callable[[str], ForeignStore]] = {
    codetether.recognises: codetether.read,
    claude_flow.recognises: claude_flow.read,
}
"""How a document of each program is recognised, and read."""


def read_foreign_store(path: Path) -> ForeignStore:
    """Return the content of another program's store.

    Raises:
        UnknownStore: it is none.
        OSError: it cannot be read.
    """
    raw = read_bytes(path, MAX_BYTES + 1)
    if raw.startswith(radium.MAGIC):
        return radium.read(path)
    if len(raw) > MAX_BYTES:
        raise UnknownStore(f"is larger than {MAX_BYTES >> 20} MB")
    content = raw.decode("utf-8-sig", "replace")
    for recognises, read in DOCUMENTS.items():
        if content.lstrip().startswith("{") and recognises(content):
            return read(content)
    raise UnknownStore("is no store of a known program")
