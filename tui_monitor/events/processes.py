"""The processes of agents: true only now, shown and never stored."""

from __future__ import annotations

from enum import StrEnum

from tui_monitor.events.immutable import immutable
from tui_monitor.events.values import SessionKey


class Activity(StrEnum):
    """The state of a process as the agent's own program states it."""

    BUSY = "busy"
    COMPACTING = "compacting"
    WAITING = "waiting"  # for a person
    BACKGROUND = "background"  # the turn is over, a command of it runs on
    IDLE = "idle"


@immutable(frozen=True, slots=True, kw_only=True)
class SessionProcess:
    """A living process of an agent.

    ``session`` has an empty id if it is not known which session the process runs; it is then one in ``cwd``.
    ``activity`` is None where the program does not state it, ``since`` its beginning (epoch ms), ``waits_for`` what a
    waiting process waits for, ``output_at`` the last time (epoch ms) that a command of it began or printed, None if
    that is unknown. ``states_calls`` is set if the program states of each call that it runs: silence then means
    nothing. ``terminal`` is the device that it is shown on, ``pane`` the id of its tmux pane.
    """

    session: SessionKey
    pid: int
    started: int = 0
    cwd: str = ""
    version: str = ""
    activity: Activity | None = None
    since: int = 0
    waits_for: str = ""
    output_at: int | None = None
    states_calls: bool = False
    terminal: str = ""
    pane: str = ""


@immutable(frozen=True, slots=True, kw_only=True)
class ProcessScan:
    """The processes of one agent's sessions at one moment.

    Sessions of versions from ``complete_from`` on that are not among them have no process, except those in ``held``,
    which a process out of sight may have; empty if nothing is known of sessions that are not among them. ``gone`` are
    the sessions (with `MAIN`) and agents that have lost their process, where the source states that of each; None
    where it does not.
    """

    source: str
    processes: tuple[SessionProcess, ...] = ()
    complete_from: tuple[int, ...] = ()
    gone: frozenset[tuple[SessionKey, str]] | None = None
    held: frozenset[str] = frozenset()

    def covers(self, session: SessionKey, version: str) -> bool:
        """Return True if a session of this version without a process here has none."""
        if session.id in self.held:
            return False
        numbers = tuple(int(part) for part in version.split(".")[:3] if part.isdecimal())
        return bool(self.complete_from and numbers) and numbers >= self.complete_from
