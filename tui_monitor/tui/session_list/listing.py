"""The entries of the list in their order: live sessions by urgency, then past ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from tui_monitor.feed.deliveries import PastSession
from tui_monitor.live.session import SessionState
from tui_monitor.live.urgency import Urgency, by_urgency
from tui_monitor.tui.session_list.entries import SessionEntry, completed, live_entry, past_entry
from tui_monitor.units import day_range


class PastEntries:
    """The entries of past sessions. They are the same objects again while it is the same day."""

    def __init__(self, tz: tzinfo | None = None) -> None:
        self._tz = tz
        self._past: Sequence[PastSession] = ()
        self._day: range = range(0)
        self._entries: list[SessionEntry] = []

    def of(self, past: Sequence[PastSession], now: int) -> list[SessionEntry]:
        """Return the entries of these sessions at ``now`` (epoch ms)."""
        if past is not self._past or now not in self._day:
            self._past, self._day = past, day_range(now, self._tz)
            self._entries = [past_entry(session, now, self._tz) for session in past]
        return self._entries


def list_entries(
    sessions: Iterable[SessionState],
    past: Sequence[SessionEntry],
    now: int,
    since: int = 0,
    *,
    reading: bool = False,
    tz: tzinfo | None = None,
) -> list[SessionEntry]:
    """Return the entries of live sessions at ``now`` and of ``past`` ones, each session once: the most urgent first.

    ``since`` is the time before which the end of a turn is no news, ``reading`` is set while what was there at the
    start is read. Times are epoch milliseconds, dates in ``tz`` (None: local).
    """
    ranked = [each for each in by_urgency(sessions, now, since) if each.state.started or each.state.process]
    by_key = {entry.choice.session: entry for entry in past}
    entries = [completed(live_entry(each, now, tz), by_key.get(each.state.key), reading=reading) for each in ranked]
    keys = {entry.choice.session for entry in entries} - {None}
    paths = {entry.choice.path for entry in entries} - {None}
    others = (each for each in past if each.choice.session not in keys and each.choice.path not in paths)
    return [*entries, *others]


def summary_text(entries: Sequence[SessionEntry]) -> str:
    """Return ``6 live · 3 need you``."""
    live = sum(entry.urgency < Urgency.ENDED for entry in entries)
    needing = sum(entry.urgency is Urgency.NEEDS_YOU for entry in entries)
    need = f"{needing} need{'s' if needing == 1 else ''} you"
    return " · ".join(filter(None, (f"{live} live", need if needing else "")))
