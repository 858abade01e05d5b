"""The entries of the list in their order: live sessions by urgency, then past ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from tui_monitor.feed.deliveries import PastSession
from tui_monitor.live.session import SessionState
from tui_monitor.live.urgency import Urgency, by_urgency
from tui_monitor.tui.session_list.entries import SessionEntry, live_entry, past_entry


def list_entries(
    sessions: Iterable[SessionState],
    past: Iterable[PastSession],
    now: int,
    since: int = 0,
    tz: tzinfo | None = None,
) -> list[SessionEntry]:
    """Return the entries of all sessions at ``now``, each session once: the most urgent first, past ones last.

    ``since`` is the time before which the end of a turn is no news. Times are epoch milliseconds.
    """
    ranked = [each for each in by_urgency(sessions, now, since) if each.state.started or each.state.process]
    entries = [live_entry(each, now) for each in ranked]
    keys = {entry.choice.session for entry in entries}
    paths = {entry.choice.path for entry in entries} - {None}
    others = (each for each in past if each.session not in keys and each.path not in paths)
    return entries + [past_entry(each, now, tz) for each in others]


def summary_text(entries: Sequence[SessionEntry]) -> str:
    """Return ``6 live · 3 need you``."""
    live = sum(entry.urgency < Urgency.ENDED for entry in entries)
    needing = sum(entry.urgency is Urgency.NEEDS_YOU for entry in entries)
    need = f"{needing} need{'s' if needing == 1 else ''} you"
    return " · ".join(filter(None, (f"{live} live", need if needing else "")))
