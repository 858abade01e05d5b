"""A tool call as a row, and how what is told of it, in whatever order, becomes one."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import NamedTuple, TypeVar

from tui_monitor.events import (
    SAME_RESPONSE_MS,
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    Measure,
    SourceRef,
    Tokens,
    ToolKind,
)
from tui_monitor.store.intern import InternTables

SUBJECT_LIMIT = 4096
"""Characters kept of what a call acts on; its input has it in full."""

_T = TypeVar("_T")


class CallCounts(NamedTuple):
    """What a call adds to the sums of its session."""

    calls: int = 0
    failed: int = 0
    rejected: int = 0


@dataclass(slots=True)
class Call:
    """One row of ``calls``: the fields are the columns. Names, agents and sessions are numbers."""

    id: int
    session: int
    call: str
    agent: int
    tool: int | None = None
    kind: str = ToolKind.OTHER.value
    subject: str = ""
    note: str = ""
    parent: str = ""
    model: int | None = None
    timeout_ms: int | None = None
    started: int = 0
    started_order: int = 0
    asked_exactly: int = 0
    input_path: int | None = None
    input_offset: int | None = None
    input_length: int | None = None
    doing: str = ""
    elapsed_ms: int | None = None
    progress_lines: int | None = None
    progress_at: int | None = None
    progress_order: int = 0
    state: str = CallState.OPEN.value
    finished: int = 0
    finished_order: int = 0
    answered_exactly: int = 0
    measured_exactly: int = 0
    measured_at: int = 0
    measured_ms: int | None = None
    duration_ms: int | None = None
    exit_code: int | None = None
    measure: str | None = None
    tokens: str | None = None
    approved: int | None = None
    approval: str | None = None
    output_path: int | None = None
    output_offset: int | None = None
    output_length: int | None = None
    changes: int = 0
    changes_at: int | None = None
    shared: int = 0
    counted: int = 1

    @property
    def counts(self) -> CallCounts:
        """What it adds to the sums of its session."""
        if self.tool is None or not self.counted:
            return CallCounts()
        state = CallState(self.state)
        return CallCounts(1, int(state.failed), int(state.rejected))

    def start(self, told: CallStarted, order: int, interned: InternTables) -> bool:
        """Learn that it was issued; told again, what the new telling says stands, and the earliest time. The answer
        is whether it does: one that is not exact only adds what is missing to one that is."""
        stands = told.exact or not self.asked_exactly
        if stands:
            self._belong(told, interned)
            self.tool = interned.strings.id_of(told.tool)
            self.kind = self.kind if told.kind is ToolKind.OTHER else told.kind.value
        self.subject = _choose(stands, told.subject[:SUBJECT_LIMIT], self.subject)
        self.note = _choose(stands, told.note[:SUBJECT_LIMIT], self.note)
        self.parent = _choose(stands, told.parent, self.parent)
        self.model = _choose(stands, interned.strings.id_of(told.model) if told.model else None, self.model)
        self.timeout_ms = _choose(stands, told.timeout_ms, self.timeout_ms)
        self.started = min(self.started or told.at, told.at or self.started)
        self.started_order = self.started_order or order
        if told.ref and (stands or self.input_path is None):
            self.input_path, self.input_offset, self.input_length = _place(told.ref, interned)
        self.asked_exactly |= told.exact
        return stands

    def go_on(self, told: CallProgress, order: int) -> None:
        """Learn of a sign of life; the latest stands."""
        if self.progress_at is None or told.at >= self.progress_at:
            self.progress_at, self.progress_order = told.at, order
            self.doing = told.doing[:SUBJECT_LIMIT]
            self.elapsed_ms, self.progress_lines = told.elapsed_ms, told.lines

    def finish(self, told: CallFinished, order: int, interned: InternTables) -> bool:
        """Learn of a result. The answer is whether it stands over what was known (see `CallFinished`); one that does
        not only adds what is missing."""
        known = CallState(self.state)
        stands = known is CallState.OPEN or told.precedence >= (bool(self.answered_exactly), known.ended, self.finished)
        self.approved = _choose(stands, told.approved, self.approved)
        self.approval = _choose(stands, told.approval or None, self.approval)
        if stands:
            self.state, self.finished, self.finished_order = told.state.value, told.at, order
            self.answered_exactly = int(told.exact)
            if told.state.ended is not known.ended:
                self.exit_code = self.measure = self.changes_at = None
        if stands or told.state.ended is known.ended:
            self._result(told, stands)
        self._time(told)
        if told.ref and (stands or self.output_path is None):
            self.output_path, self.output_offset, self.output_length = _place(told.ref, interned)
        return stands

    def takes_changes(self, told: CallFinished) -> bool:
        """Whether the changes that a result, just learnt, tells of stand over those that are known."""
        if CallState(self.state).ended is not told.state.ended:
            return False
        return self.changes_at is None or _changed_at(told) >= self.changes_at

    def take_changes(self, told: CallFinished) -> None:
        """Note that these changes stand."""
        self.changes, self.changes_at = len(told.changes), _changed_at(told)

    def _belong(self, told: CallStarted, interned: InternTables) -> None:
        """Whose call it is: who tells it exactly is believed. An agent may repeat the calls of the main chain; of one
        that is not told exactly the main chain is what is said where nobody knows."""
        agent, known = interned.agent(told.session, told.agent), interned.agent_name(self.agent)
        comes_first = told.agent < known if told.exact else told.agent > known
        if self.tool is None or told.exact > self.asked_exactly or comes_first:
            self.agent = agent

    def _time(self, told: CallFinished) -> None:
        """How long it ran: the best measurement, unless the end that stands came long after that."""
        if told.duration_ms is not None and told.state.ended:
            known = (self.measured_exactly, self.measured_at, self.measured_ms or 0)
            best = max(known, (int(told.exact), told.at, told.duration_ms))
            self.measured_exactly, self.measured_at, self.measured_ms = best
        is_old = self.measured_at > 0 and self.finished - self.measured_at >= SAME_RESPONSE_MS
        self.duration_ms = self.measured_ms if CallState(self.state).ended and not is_old else None

    def _result(self, told: CallFinished, stands: bool) -> None:
        self.exit_code = _choose(stands, told.exit_code, self.exit_code)
        self.measure = _choose(stands, _json(told.measure), self.measure)
        self.tokens = _choose(stands, _json(told.tokens), self.tokens)


COLUMNS = tuple(field.name for field in fields(Call))
"""The columns of ``calls``, in the order of the fields."""

row_of = attrgetter(*COLUMNS)
"""The row of a call."""


def _choose(stands: bool, told: _T | None, known: _T) -> _T:
    """What is told if it stands, else what is known; the one that says nothing is passed over."""
    return told if told is not None and told != "" and (stands or known is None or known == "") else known


def _changed_at(told: CallFinished) -> int:
    """When the changes were told: those that are not told exactly stand over none that are."""
    return told.at if told.exact else 0


def _json(told: Measure | Tokens | None) -> str | None:
    return None if told is None else json.dumps([getattr(told, field.name) for field in fields(told)])


def _place(ref: SourceRef, interned: InternTables) -> tuple[int, int, int]:
    return interned.strings.id_of(ref.path), ref.offset, ref.length
