"""Groups of sessions that can be pruned: those that share history or totals go together."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from tui_monitor.store.retention.prunings import PruningKind


@dataclass(frozen=True, slots=True)
class SessionGroup:
    """The numbers of sessions that share history or totals, and the last time of any of them (epoch ms)."""

    sessions: tuple[int, ...]
    ended: int


_ENDED = "SELECT id, coalesce(ended, 0) FROM sessions"
_UNPRUNED = """
    SELECT id FROM sessions WHERE ended > coalesce((
        SELECT max(until) FROM prunings WHERE session = sessions.id AND kind IN ({})), 0)
"""
_KINDS = {PruningKind.BODIES: "'bodies', 'rows'", PruningKind.ROWS: "'rows'"}
_RELATED = """
    SELECT mine.session, theirs.session FROM observations AS mine JOIN observations AS theirs USING (response)
    WHERE mine.session < theirs.session GROUP BY 1, 2
    UNION
    SELECT mine.session, theirs.session FROM calls AS mine
        JOIN call_uids AS own ON own.call = mine.id JOIN call_uids AS others USING (uid)
        JOIN calls AS theirs ON theirs.id = others.call
    WHERE mine.shared AND mine.session < theirs.session GROUP BY 1, 2
    UNION
    SELECT covered_sessions.session, sessions.id FROM covered_sessions JOIN sessions USING (source, name)
"""


def prunable(connection: sqlite3.Connection, kind: PruningKind, before: int) -> list[SessionGroup]:
    """Return the groups that ended before a time (epoch ms) and of which something of this kind may be kept, the
    earliest end first. A session without any time belongs to none."""
    ended = dict(connection.execute(_ENDED))
    unpruned = {session for (session,) in connection.execute(_UNPRUNED.format(_KINDS[kind]))}
    groups = []
    for members in _connected(ended, connection.execute(_RELATED)):
        last = max(ended[member] for member in members)
        if last < before and unpruned.intersection(members):
            groups.append(SessionGroup(tuple(sorted(members)), last))
    return sorted(groups, key=lambda group: (group.ended, group.sessions))


def _connected(members: Iterable[int], pairs: Iterable[tuple[int, int]]) -> Iterable[set[int]]:
    """Return the sets that the pairs connect."""
    sets = {member: {member} for member in members}
    for one, other in pairs:
        if sets[one] is not sets[other]:
            smaller, larger = sorted((sets[one], sets[other]), key=len)
            larger |= smaller
            sets.update(dict.fromkeys(smaller, larger))
    return {id(members): members for members in sets.values()}.values()
