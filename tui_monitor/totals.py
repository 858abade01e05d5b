"""Sums as the store keeps them and as reports and views show them: frozen values, units as in `events`."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events import SessionKey
from tui_monitor.ledger import ZERO, Amount


@dataclass(frozen=True, slots=True)
class ModelTotal:
    """What one model spent; the maxima are those of a single response."""

    model: str
    provider: str
    amount: Amount
    max_prompt: int = 0
    max_output: int = 0

    @property
    def name(self) -> str:
        """The model; without one and without a response it is what is told of a whole session beyond these."""
        return self.model or ("unknown" if self.amount.requests else "beyond responses")


@dataclass(frozen=True, slots=True)
class AgentTotal:
    """What one agent of a session spent and did; ``agent`` is its id in the session, empty for the main chain."""

    agent: str
    amount: Amount = ZERO
    calls: int = 0


@dataclass(frozen=True, slots=True)
class FileTotal:
    """What became of one file in a session; ``changed_at`` is the last change."""

    path: str
    changes: int
    added: int
    removed: int
    changed_at: int = 0


@dataclass(frozen=True, slots=True)
class ToolTotal:
    """The calls of one tool. ``failed`` excludes ``rejected``; the times are of calls that ended, None without any."""

    tool: str
    calls: int
    failed: int = 0
    rejected: int = 0
    p50_ms: int | None = None
    p95_ms: int | None = None


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """All sums of one session, sub-agents included."""

    session: SessionKey
    amount: Amount = ZERO
    calls: int = 0
    failed: int = 0
    rejected: int = 0
    files_changed: int = 0
    lines_added: int = 0
    lines_removed: int = 0
    models: tuple[ModelTotal, ...] = ()
    agents: tuple[AgentTotal, ...] = ()
    files: tuple[FileTotal, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session in a list: what is known of it, when it began and was last heard of, how full its context is."""

    session: SessionKey
    path: str
    cwd: str
    branch: str
    title: str
    version: str
    model: str
    started: int
    ended: int
    agents: int
    context: int | None
    limit: int | None
    totals: SessionTotals
