"""The fixed parts of a context in force: those that are in every request, each part of a part once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tui_monitor.events import ContextPart

MISSING_SERVERS = "missing servers"


class FixedPart(NamedTuple):
    """A part of every request: its ``group`` and ``name`` (empty for the group as a whole), its measured characters,
    and its tokens where the agent counted it."""

    group: str
    name: str
    chars: int
    tokens: int | None
    items: int | None


class MissingServer(NamedTuple):
    """A server whose tools are not there, and why: ``failed``, ``pending`` …"""

    name: str
    problem: str


def fixed_parts(parts: Iterable[ContextPart]) -> list[FixedPart]:
    """Return the parts in force: entries instead of their group, counted ones instead of measured ones."""
    measured, counted = (
        _groups(part for part in parts if part.tokens is None),
        _groups(part for part in parts if part.tokens is not None),
    )
    groups = dict.fromkeys((*counted, *measured))
    chosen = (counted[name] if name in counted else measured[name] for name in groups if name != MISSING_SERVERS)
    return [part for group in chosen for part in group]


def missing_servers(parts: Iterable[ContextPart]) -> list[MissingServer]:
    """Return the servers that failed, or are not ready yet, as last stated."""
    own = [part for part in parts if MISSING_SERVERS in (part.group, part.name)]
    stated_at = max((part.at for part in own if part.name == MISSING_SERVERS), default=0)
    current = (part for part in own if part.group and part.at >= stated_at)
    return [MissingServer(part.name, part.problem) for part in sorted(current, key=lambda part: part.name)]


def _groups(parts: Iterable[ContextPart]) -> dict[str, list[FixedPart]]:
    wholes, entries = dict[str, ContextPart](), dict[str, list[ContextPart]]()
    for part in parts:
        if part.group:
            entries.setdefault(part.group, []).append(part)
        else:
            wholes[part.name] = part
    names = sorted({*wholes, *entries})
    return {name: list(_parts_of(name, wholes.get(name), entries.get(name, []))) for name in names}


def _parts_of(group: str, whole: ContextPart | None, entries: list[ContextPart]) -> Iterator[FixedPart]:
    """Yield the entries that are no older than the whole, and what the whole has beyond those of its time."""
    since = whole.at if whole else 0
    current = [part for part in entries if part.at >= since and (part.chars or part.tokens)]
    for part in sorted(current, key=lambda part: part.name):
        yield FixedPart(group, part.name, part.chars, part.tokens, part.items)
    if whole:
        stated = [part for part in current if part.at == since]
        chars = max(0, whole.chars - sum(part.chars for part in stated))
        tokens = None if whole.tokens is None else max(0, whole.tokens - sum(part.tokens or 0 for part in stated))
        if chars or tokens or not current:
            yield FixedPart(group, "", chars, tokens, whole.items if not stated else None)
