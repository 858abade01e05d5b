"""How calls ended, how long they ran and waited, in SQL on their columns."""

from __future__ import annotations

from collections.abc import Collection

from tui_monitor.events import CallState
from tui_monitor.merge.calls import BY_PERSON, PERSONAL_KINDS


def _one_of(states: Collection[CallState]) -> str:
    return ", ".join(f"'{state}'" for state in states)


FAILED = f"state IN ({_one_of([state for state in CallState if state.failed])})"
REJECTED = f"state IN ({_one_of([state for state in CallState if state.rejected])})"
_ENDED = f"state IN ({_one_of([state for state in CallState if state.ended])})"
_PERSONAL = ", ".join(f"'{kind}'" for kind in PERSONAL_KINDS)
_HAS_WAITED = f"waited_ms IS NULL AND approved AND approval = '{BY_PERSON}'"
DURATION = f"""
    CASE WHEN NOT ({_ENDED}) OR state = '{CallState.REJECTED}' OR kind IN ({_PERSONAL}) THEN NULL
        WHEN duration_ms IS NOT NULL THEN duration_ms
        WHEN started > 0 AND finished > started AND NOT coalesce({_HAS_WAITED}, FALSE)
            THEN max(0, finished - started - coalesce(waited_ms, 0))
    END
"""
"""The time that a call ran; null if it is unknown, or the time of a person."""

WAITED = f"""
    CASE WHEN waited_ms IS NOT NULL THEN waited_ms
        WHEN NOT ({_ENDED}) OR started <= 0 OR finished <= started THEN NULL
        WHEN kind IN ({_PERSONAL}) THEN finished - started
        WHEN approved AND approval = '{BY_PERSON}' AND duration_ms IS NOT NULL
            THEN max(0, finished - started - duration_ms)
    END
"""
"""The time that a call waited for a person; null if it is unknown. See `CallRecord.waiting_ms`."""
