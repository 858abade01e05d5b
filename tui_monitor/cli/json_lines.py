"""``watch --json``: a snapshot of the sessions as one line of JSON, whenever something has changed."""

from __future__ import annotations

from collections.abc import Sequence

from tui_monitor.cli.follow import follow
from tui_monitor.cli.follower import SessionFollower
from tui_monitor.cli.output import write_json_line
from tui_monitor.cli.run_context import RunContext
from tui_monitor.cli.surroundings import now_ms
from tui_monitor.events import Event
from tui_monitor.live.alerts import AlertSettings, BudgetWatch
from tui_monitor.reports.snapshot import snapshot_json, steady_part


def print_snapshots(paths: Sequence[str], store: str, no_store: bool, interval: float | None) -> int:
    """Print the states of the sessions at ``paths``, else of all live ones, at most once in ``interval`` seconds.

    Return the exit status. Raises as `follow` does.
    """
    return follow(paths, store, no_store, interval, SnapshotWriter)


class SnapshotWriter:
    """Writes a snapshot if it differs from the last one in more than the passing of time."""

    def __init__(self, context: RunContext) -> None:
        self._settings = AlertSettings.of(context.config)
        self._budgets = BudgetWatch(self._settings)
        self._last: object = None

    def note(self, follower: SessionFollower, events: Sequence[Event], *, is_backlog: bool) -> None:
        """Do nothing: a snapshot has all of it."""

    def write(self, follower: SessionFollower) -> None:
        """Write a line if something has changed."""
        now = now_ms()
        if periods := self._budgets.periods_due(now):
            follower.source.request_periods(periods)
        self._budgets.update(follower.live.period_totals, now)
        document = snapshot_json(follower.sessions(), now, self._settings, follower.lag, self._budgets.active)
        part = steady_part(document)
        if part != self._last:
            self._last = part
            write_json_line(document)

    def close(self) -> None:
        """Do nothing: each line is whole."""
