"""An alert as a value, and the settings that alerts depend on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from tui_monitor.config import AlertsConfig, Config
from tui_monitor.events import SessionKey
from tui_monitor.live.context import LEVELS
from tui_monitor.live.entries import Call
from tui_monitor.live.spending import Limits, configured_limits
from tui_monitor.search.query import is_in_project


class AlertKind(StrEnum):
    """The occasions of an alert, the most urgent first."""

    WAITING = "waiting"
    STUCK = "stuck"
    API_ERROR = "api_error"
    RATE_LIMITED = "rate_limited"
    SILENT = "silent"
    DONE = "done"
    FAILING = "failing"
    BUDGET = "budget"
    CONTEXT = "context"
    CONTEXT_LEVEL = "context_level"


NEEDS_PERSON = (
    AlertKind.WAITING,
    AlertKind.STUCK,
    AlertKind.API_ERROR,
    AlertKind.RATE_LIMITED,
    AlertKind.SILENT,
    AlertKind.DONE,
)
"""Those in which an agent does not go on until somebody looks after it."""

_URGENCY = {kind: rank for rank, kind in enumerate(AlertKind)}


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a session, which began at ``since`` (epoch ms).

    ``text`` is its subject in the agent's words, or a sentence; ``call`` the call that it is about. ``level`` rises
    with its importance: an alert of a higher level fires again.
    """

    kind: AlertKind
    session: SessionKey
    since: int
    text: str
    certain: bool = True
    level: int = 1
    call: Call | None = None

    @property
    def needs_person(self) -> bool:
        """True if the agent does not go on until somebody looks after it."""
        return self.kind in NEEDS_PERSON

    @property
    def order(self) -> tuple[int, bool, int, SessionKey]:
        """The place among other alerts: by urgency, what is certain before what is likely, then the oldest."""
        return _URGENCY[self.kind], not self.certain, self.since, self.session


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Thresholds of alerts, the ``levels`` of a context in percent, and the budgets, those of all sessions first."""

    thresholds: AlertsConfig = field(default_factory=AlertsConfig)
    levels: tuple[float, ...] = LEVELS
    budgets: tuple[Limits, ...] = ()

    @classmethod
    def of(cls, config: Config) -> AlertSettings:
        """Return what a configuration says of it."""
        return cls(config.alerts, config.display.levels, tuple(configured_limits(config)))

    def session_budget(self, folder: str) -> float:
        """Return the budget of a session in US dollars, 0 for none: that of the innermost folder that has one."""
        budgets = [one for one in self.budgets if one.limits.get("session")]
        own = [one for one in budgets if not one.project or is_in_project(folder, one.project)]
        return max(own, key=lambda one: len(one.project)).limits["session"] if own else 0

    def of_demo(self) -> AlertSettings:
        """Return the same alerts for a made-up session: they start no program, go to no address, and spend nothing of a
        budget."""
        return replace(self, thresholds=replace(self.thresholds, command=(), webhook=""), budgets=())

    def silent(self) -> AlertSettings:
        """Return the same alerts, of which nobody is informed outside the screen."""
        quiet = replace(self.thresholds, toast=False, title=False, bell=False, notify="off", command=(), webhook="")
        return replace(self, thresholds=quiet)
