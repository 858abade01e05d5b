"""Patches between two texts, made by the standard library."""

from __future__ import annotations

from difflib import unified_diff

from tui_monitor.tui.diff.parse import NO_NEWLINE


def patch(old: str, new: str, context: int = 3) -> str:
    """Return the hunks that turn ``old`` into ``new``, without a file header."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    hunks = list(unified_diff(before, after, n=context))[2:]
    return "".join(line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}\n" for line in hunks)
