"""An agent of a session as one record: who it is, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tui_monitor.events import (
    MAIN,
    AgentStatus,
    AgentUpdate,
    ContextUpdate,
    Event,
    Prompt,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.merge.ranked import NO_RANK, FieldGroup, RankedRecord, counts_over, rank_of

FACTS: FieldGroup = {
    "parent": None,
    "call": "",
    "type": "",
    "description": "",
    "declared_model": "",
    "exit_code": None,
    "error": "",
    "log_file": "",
    "process_id": None,
    "plan": "",
    "task": "",
    "category": "",
    "declared_start": None,
}
"""Set by `AgentUpdate`. Ranked by time."""

ENDED = (AgentStatus.COMPLETED, AgentStatus.FAILED, AgentStatus.TERMINATED)
"""The statuses of an agent that is no longer at work."""

_STAGES = {None: 0, AgentStatus.STARTING: 1, AgentStatus.RUNNING: 2} | dict.fromkeys(ENDED, 3)
_WITH_FACTS = (AgentUpdate, Usage, ContextUpdate, Prompt, TurnUpdate)
_EventWithFacts: TypeAlias = AgentUpdate | Usage | ContextUpdate | Prompt | TurnUpdate
_TURNS = {Turn.STARTED: AgentStatus.RUNNING, Turn.SESSION_ENDED: AgentStatus.COMPLETED}


@dataclass(slots=True, kw_only=True)
class MergedAgent(RankedRecord):
    """One agent of a session. ``internal`` ones are the program's own doing.

    All times are epoch ms, 0 while unknown: ``first_at`` and ``last_at`` of any event, ``called_at`` of the first one
    that names the ``call`` that started it, ``status_at`` of the status that wins, ``active_at`` of the last event that
    has it at work. ``reported_end`` is the latest report of its end: when it was reported, and the end.
    ``run_started`` is the start of its present or last run, which counts once it ``has_restarted`` after an end; they
    alone depend on the order of reading.
    """

    parent: str | None = None
    call: str = ""
    type: str = ""
    description: str = ""
    declared_model: str = ""
    exit_code: int | None = None
    error: str = ""
    log_file: str = ""
    process_id: int | None = None
    plan: str = ""
    task: str = ""
    category: str = ""
    declared_start: int | None = None
    facts_rank: int = NO_RANK
    internal: bool = False
    called_at: int = 0
    first_at: int = 0
    last_at: int = 0
    response_model: str = ""
    response_model_at: int = 0
    reported_status: AgentStatus | None = None
    status_at: int = 0
    active_at: int = 0
    reported_end: tuple[int, int] | None = None
    run_started: int = 0
    has_restarted: bool = False

    @property
    def model(self) -> str:
        """The model that answered it last; until one has, the model it was started for."""
        return self.response_model or self.declared_model

    @property
    def started(self) -> int:
        """Start of its present or last run."""
        return max(self.run_started if self.has_restarted else 0, self.declared_start or 0) or self.first_at

    @property
    def has_ended(self) -> bool:
        """True if its source reports that it is over."""
        return self.reported_status in ENDED

    @property
    def ended_at(self) -> int:
        """End of its last run as its source reports it, 0 while it is at work."""
        reported_at, end = self.reported_end or (NO_RANK, 0)
        if self.has_ended:
            return end if reported_at >= self.active_at and end else self.status_at
        return end if reported_at > self.active_at or not self.active_at else 0

    def apply(self, event: Event) -> None:
        """Merge an event of this agent."""
        self.observe(event.at)
        if isinstance(event, _WITH_FACTS):
            self._merge_facts(event)

    def _merge_facts(self, event: _EventWithFacts) -> None:
        match event:
            case AgentUpdate():
                self._update(event)
            case Usage() | ContextUpdate():
                self._run_on(event.model, event.at)
            case Prompt() if event.agent == MAIN:
                self._change_status(AgentStatus.RUNNING, event.at, event.at)
            case TurnUpdate() if event.agent == MAIN and event.turn in _TURNS:
                self._change_status(_TURNS[event.turn], event.at, event.at)
            case _:
                pass

    def observe(self, at: int) -> None:
        """Extend its activity to an event of this time."""
        if at and (at < self.first_at or not self.first_at):
            self.first_at = at
        if at > self.last_at:
            self.last_at = at

    def merge_earlier_record(self, earlier: MergedAgent) -> None:
        """Merge a record of the same agent with events read before."""
        self.observe(earlier.first_at)
        self.observe(earlier.last_at)
        self.merge_earlier(FACTS, earlier, self.facts_rank, earlier.facts_rank)
        self.facts_rank = max(self.facts_rank, earlier.facts_rank)
        self.internal |= earlier.internal
        self.called_at = min(self.called_at or earlier.called_at, earlier.called_at or self.called_at)
        model, at = earlier.response_model, earlier.response_model_at
        if not self.response_model or not counts_over(self.response_model_at, self.response_model, at, model):
            self.response_model, self.response_model_at = model, at
        self.active_at = max(self.active_at, earlier.active_at)
        self._merge_run(earlier)
        if earlier._status_rank > self._status_rank:
            self.reported_status, self.status_at = earlier.reported_status, earlier.status_at
        self._report_end(earlier.reported_end)

    def _update(self, event: AgentUpdate) -> None:
        rank = rank_of(event.at)
        values = (
            event.parent,
            event.call,
            event.type,
            event.description,
            event.model,
            event.exit_code,
            event.error,
            event.log_file,
            event.process_id,
            event.plan,
            event.task,
            event.category,
            event.started,
        )
        self.merge_event(FACTS, values, rank, self.facts_rank)
        self.facts_rank = max(self.facts_rank, rank)
        self.internal |= event.internal
        if event.call and event.at:
            self.called_at = min(self.called_at or event.at, event.at)
        if event.ended is not None:
            self._report_end((event.at, event.ended))
        if event.status is not None:
            self._change_status(event.status, event.at, event.started or event.at)

    def _run_on(self, model: str, at: int) -> None:
        if model and counts_over(at, model, self.response_model_at, self.response_model):
            self.response_model, self.response_model_at = model, at

    def _change_status(self, status: AgentStatus, at: int, started: int) -> None:
        if status not in ENDED:
            self.active_at = max(self.active_at, at)
        if (at, _STAGES[status]) < self._status_rank:
            return
        if status not in ENDED and (self.has_ended or not self.run_started):
            self.run_started, self.has_restarted = started, self.has_ended or self.has_restarted
        self.reported_status, self.status_at = status, at

    def _merge_run(self, earlier: MergedAgent) -> None:
        if self.run_started and earlier.has_ended and self._status_rank > earlier._status_rank:
            self.has_restarted = True
        elif not self.has_restarted:
            self.run_started = earlier.run_started or self.run_started
            self.has_restarted = earlier.has_restarted

    @property
    def _status_rank(self) -> tuple[int, int]:
        """The later status wins, of two at once the later stage."""
        return self.status_at, _STAGES[self.reported_status]

    def _report_end(self, report: tuple[int, int] | None) -> None:
        if report:
            self.reported_end = max(self.reported_end or report, report)
