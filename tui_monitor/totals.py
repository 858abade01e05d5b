"""Totals as the store answers them and as reports and views show them: frozen values, units as in `events`."""

from __future__ import annotations

from dataclasses import dataclass

from tui_monitor.events import Rates, SessionKey, Tokens
from tui_monitor.ledger import ZERO, Amount


@dataclass(frozen=True, slots=True)
class ModelTotal:
    """Usage of one model; the maxima are those of a single response."""

    model: str
    provider: str
    amount: Amount
    max_prompt: int = 0
    max_output: int = 0

    @property
    def name(self) -> str:
        """The model's name. An amount without model and responses was reported for the session beyond its responses."""
        return self.model or ("unknown" if self.amount.requests else "beyond responses")


@dataclass(frozen=True, slots=True)
class AgentTotal:
    """Usage and calls of one agent; ``agent`` is its id in the session, empty for the main chain."""

    agent: str
    amount: Amount = ZERO
    calls: int = 0


@dataclass(frozen=True, slots=True)
class FileTotal:
    """Changes of one file in a session; ``changed_at`` is the time of the last. Of ``uncounted`` ones the lines are not
    known: the others' are a lower bound."""

    path: str
    changes: int
    added: int
    removed: int
    changed_at: int = 0
    uncounted: int = 0


@dataclass(frozen=True, slots=True)
class ToolTotal:
    """Calls of one tool. ``failed`` excludes ``rejected``; the percentiles are of the time that ended calls ran, None
    without any. ``waits`` of them waited for a person, ``waited_ms`` together; ``output_chars`` are the characters of
    all results, ``largest_output`` those of the largest."""

    tool: str
    calls: int
    failed: int = 0
    rejected: int = 0
    p50_ms: int | None = None
    p95_ms: int | None = None
    waits: int = 0
    waited_ms: int = 0
    output_chars: int = 0
    largest_output: int = 0


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """A request of the main chain's conversation as it was answered; ``rates`` are None where they are unknown."""

    at: int
    model: str
    tokens: Tokens
    rates: Rates | None = None


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """Totals of one session, sub-agents included; ``requests`` are the last ones, the oldest first. Of ``uncounted``
    changes of files the lines are not known: the others' are a lower bound."""

    session: SessionKey
    amount: Amount = ZERO
    calls: int = 0
    failed: int = 0
    rejected: int = 0
    files_changed: int = 0
    lines_added: int = 0
    lines_removed: int = 0
    uncounted: int = 0
    models: tuple[ModelTotal, ...] = ()
    agents: tuple[AgentTotal, ...] = ()
    files: tuple[FileTotal, ...] = ()
    requests: tuple[ServedRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session in a list: its facts (``folder`` is the one in which it began), the times of its first and last event,
    the fill of its context, its totals."""

    session: SessionKey
    path: str
    cwd: str
    folder: str
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
