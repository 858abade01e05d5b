"""Records of what is no longer kept of sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class PruningKind(StrEnum):
    """What is removed: of calls the texts and diffs, or all single rows, of which sums remain."""

    BODIES = "bodies"
    ROWS = "rows"


class PrunedId(StrEnum):
    """The kinds of ids of rolled-up rows: of responses with or without a strong id, of calls and of their lines."""

    STRONG = "strong"
    WEAK = "weak"
    CALL = "call"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Pruning:
    """A part of a session that is no longer kept: up to the time ``until``, since the time ``at`` (epoch ms).

    ``reason`` is a rule as a person reads it, ``archive`` the file that has the rows, empty for none.
    """

    kind: PruningKind
    until: int
    at: int
    reason: str
    archive: str = ""


_OF_SESSION = "SELECT kind, until, at, reason, archive FROM prunings WHERE session = ? ORDER BY until, id"
_ADD = """
    INSERT INTO prunings (session, kind, until, at, reason, archive, first_unshared) VALUES (?, ?, ?, ?, ?, ?, ?)
"""


def prunings_of(connection: sqlite3.Connection, session: int | None) -> tuple[Pruning, ...]:
    """Return what is no longer kept of the session with this number, the earliest part first."""
    rows = connection.execute(_OF_SESSION, (session,))
    return tuple(Pruning(PruningKind(kind), *values) for kind, *values in rows)


def add_pruning(
    connection: sqlite3.Connection, session: int, pruning: Pruning, first_unshared: int | None = None
) -> int:
    """Record a pruning and return its number."""
    values = (session, pruning.kind, pruning.until, pruning.at, pruning.reason, pruning.archive, first_unshared)
    number = connection.execute(_ADD, values).lastrowid
    assert number is not None
    return number


def call_key(session: Iterable[str], call: str) -> str:
    """Return the id of a call that its digest in ``pruned_ids`` is of."""
    return "\0".join((*session, call))
