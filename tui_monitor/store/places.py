"""The place of a call in the log, as SQL: its time (see `CallRecord.at`), then the order of reading."""

from __future__ import annotations

UNENDED = "state IN ('open', 'background')"
"""The condition of the index `calls_open`."""
PLACE = f"""
    (CASE WHEN {UNENDED} THEN started
        ELSE max(started, max(first_end, 0) & 17592186044415) END)
"""
"""The expression of the index `calls_place`: the mask leaves the time of a rank."""
