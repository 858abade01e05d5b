"""A tool call as one record: what was asked, how it goes on, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tui_monitor.events import (
    MAIN,
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
from tui_monitor.merge.ranked import NO_RANK, FieldGroup, RankedRecord, flags_of, rank_of, time_of
from tui_monitor.merge.text_volume import MAX_BODY

CallEvent: TypeAlias = CallStarted | CallProgress | CallFinished

PERSONAL_KINDS = (ToolKind.ASK, ToolKind.PLAN)
"""Kinds of calls that a person answers."""
PROPOSING_KINDS = (*PERSONAL_KINDS, ToolKind.AGENT, ToolKind.EDIT, ToolKind.WRITE)
"""Kinds of calls that may have a proposal (see `Proposal`), which is not stored."""
BY_PERSON = "user"
"""The authority of a person, in ``approval``."""

MAX_SUBJECT = 4096
"""Characters kept of a call's subject, note and activity; its input has them in full."""

START: FieldGroup = {
    "tool": "",
    "kind": ToolKind.OTHER,
    "subject": "",
    "note": "",
    "parent": "",
    "model": "",
    "timeout_ms": None,
    "approval_after_ms": None,
    "held_after_ms": None,
    "runs": False,
    "input_ref": None,
    "input_chars": 0,
}
"""Set by `CallStarted`. Ranked by exactness, then time."""

PROGRESS: FieldGroup = {"doing": "", "elapsed_ms": None, "progress_lines": None, "output_file": ""}
"""Set by `CallProgress`. Ranked by time."""

RESULT: FieldGroup = {
    "exit_code": None,
    "measure": None,
    "tokens": None,
    "approved": None,
    "approval": "",
    "waited_ms": None,
    "output_ref": None,
    "output_chars": 0,
    "error_chars": 0,
    "metadata_chars": 0,
    "change_count": 0,
}
"""Set by `CallFinished`. Ranked by exactness, then an end over an answer from the background, then time."""


@dataclass(slots=True, kw_only=True)
class CallRecord(RankedRecord):
    """One tool call, without its long texts; the ``…_chars`` count those, and ``change_count`` its file changes.

    ``started`` is the earliest time at which it was issued, ``finished`` the time of the result that wins; 0 while
    unknown. ``first_end`` ranks its first end: an exact one before telemetry, then the earliest. ``measured`` is the
    best measurement of its duration: exactness, time, milliseconds. The other ranks are those of the best event of each
    group; a call whose ``start_rank`` is `NO_RANK` was not issued yet as far as is known.
    """

    agent: str = MAIN
    tool: str = ""
    kind: ToolKind = ToolKind.OTHER
    subject: str = ""
    note: str = ""
    parent: str = ""
    model: str = ""
    timeout_ms: int | None = None
    approval_after_ms: int | None = None
    held_after_ms: int | None = None
    runs: bool = False
    started: int = 0
    input_ref: SourceRef | None = None
    input_chars: int = 0
    start_rank: int = NO_RANK
    doing: str = ""
    elapsed_ms: int | None = None
    progress_lines: int | None = None
    output_file: str = ""
    progress_rank: int = NO_RANK
    state: CallState = CallState.OPEN
    finished: int = 0
    first_end: int = NO_RANK
    measured: tuple[bool, int, int] | None = None
    exit_code: int | None = None
    measure: Measure | None = None
    tokens: Tokens | None = None
    approved: bool | None = None
    approval: str = ""
    waited_ms: int | None = None
    output_ref: SourceRef | None = None
    output_chars: int = 0
    error_chars: int = 0
    metadata_chars: int = 0
    change_count: int = 0
    result_rank: int = NO_RANK

    @property
    def is_started(self) -> bool:
        """True once a line has been read that issued it: a result may be read before."""
        return self.start_rank != NO_RANK

    @property
    def progress_at(self) -> int:
        """Time of its last sign of life, 0 if there was none."""
        return max(self.progress_rank, 0)

    @property
    def result_at(self) -> int:
        """Time of its result, never before its start: clocks may be set back. 0 while there is none."""
        if not self.finished or self.state is CallState.OPEN:
            return 0
        return self.finished if self.finished > self.started else self.started

    @property
    def ended(self) -> int:
        """Time of its end; 0 while it has none, or in the background."""
        return self.result_at if self.state.ended else 0

    @property
    def at(self) -> int:
        """Its position in time: when it first ended, so that a later result leaves it in place; else its start."""
        if not self.finished or not self.state.ended:
            return self.started
        return max(time_of(self.first_end), self.started)

    @property
    def result_chars(self) -> int:
        """Characters of its result: output and error."""
        return self.output_chars + self.error_chars

    @property
    def measured_ms(self) -> int | None:
        """Its duration as measured, unless the end that wins came long after that measurement."""
        if self.measured is None or not self.state.ended:
            return None
        _, at, duration_ms = self.measured
        is_old = at > 0 and self.finished - at >= SAME_RESPONSE_MS
        return None if is_old else duration_ms

    @property
    def duration_ms(self) -> int | None:
        """Its duration as measured, else from start to end without waiting; None while open or unknown."""
        if self.measured_ms is not None or self.total_ms is None:
            return self.measured_ms
        return max(0, self.total_ms - (self.waited_ms or 0))

    @property
    def total_ms(self) -> int | None:
        """The time from its start to its end; None while open or unknown. Of equal times nobody measured the end."""
        return self.finished - self.started if self.ended and 0 < self.started < self.finished else None

    @property
    def waiting_ms(self) -> int | None:
        """The time that it waited for a person, as reported, or what its run time leaves of a call that a person
        allowed; None if it is unknown."""
        if self.waited_ms is not None or self.total_ms is None:
            return self.waited_ms
        if self.kind in PERSONAL_KINDS:
            return self.total_ms
        is_split = self.approved is True and self.approval == BY_PERSON and self.measured_ms is not None
        return max(0, self.total_ms - (self.measured_ms or 0)) if is_split else None

    def apply(self, event: CallEvent) -> list[str]:
        """Merge an event of this call; return the ranked fields that it sets."""
        match event:
            case CallStarted():
                return self._start(event)
            case CallProgress():
                return self._go_on(event)
            case CallFinished():
                return self._finish(event)

    def merge_earlier_record(self, earlier: CallRecord) -> list[str]:
        """Merge a record of the same call with events read before; return the ranked fields that it sets."""
        is_further = not _is_further(self.input_ref, earlier.input_ref)
        fields = self.merge_earlier(START, earlier, self.start_rank, earlier.start_rank, wins_tie=is_further)
        if earlier.is_started:
            self._choose_agent(earlier.agent, bool(flags_of(earlier.start_rank)))
        self.started = _earliest(self.started, earlier.started)
        self.start_rank = max(self.start_rank, earlier.start_rank)
        fields += self.merge_earlier(PROGRESS, earlier, self.progress_rank, earlier.progress_rank)
        self.progress_rank = max(self.progress_rank, earlier.progress_rank)
        is_further = not _is_further(self.output_ref, earlier.output_ref)
        fields += self.merge_earlier(RESULT, earlier, self.result_rank, earlier.result_rank, wins_tie=is_further)
        if (earlier.result_rank, is_further) > (self.result_rank, False):
            self.state, self.finished = earlier.state, earlier.finished
        self.result_rank = max(self.result_rank, earlier.result_rank)
        self.first_end = _first(self.first_end, earlier.first_end)
        if earlier.measured:
            self.measured = max(self.measured or earlier.measured, earlier.measured)
        return fields

    def _start(self, event: CallStarted) -> list[str]:
        rank = rank_of(event.at, event.exact)
        values = (
            event.tool,
            event.kind,
            event.subject[:MAX_SUBJECT],
            event.note[:MAX_SUBJECT],
            event.parent,
            event.model,
            event.timeout_ms,
            event.approval_after_ms,
            event.held_after_ms,
            event.runs,
            event.ref,
            _size(event.input),
        )
        self._choose_agent(event.agent, event.exact)
        fields = self.merge_event(START, values, rank, self.start_rank, wins_tie=_is_further(event.ref, self.input_ref))
        self.started = _earliest(self.started, event.at)
        self.start_rank = max(self.start_rank, rank)
        return fields

    def _go_on(self, event: CallProgress) -> list[str]:
        rank = rank_of(event.at)
        values = (event.doing[:MAX_SUBJECT], event.elapsed_ms, event.lines, event.output_file[:MAX_SUBJECT])
        fields = self.merge_event(PROGRESS, values, rank, self.progress_rank)
        self.progress_rank = max(self.progress_rank, rank)
        return fields

    def _finish(self, event: CallFinished) -> list[str]:
        ended = event.state.ended
        rank = rank_of(event.at, event.exact, ended)
        values = (
            event.exit_code if ended else None,
            event.measure if ended else None,
            event.tokens,
            event.approved,
            event.approval,
            event.waited_ms if ended else None,
            event.ref,
            _size(event.output),
            _size(event.error),
            _size(event.metadata),
            len(event.changes),
        )
        is_further = _is_further(event.ref, self.output_ref)
        fields = self.merge_event(RESULT, values, rank, self.result_rank, wins_tie=is_further)
        if (rank, is_further) >= (self.result_rank, True):
            self.state, self.finished, self.result_rank = event.state, event.at, rank
        if ended:
            self.first_end = _first(self.first_end, rank_of(event.at, not event.exact))
        if ended and event.duration_ms is not None:
            measured = (event.exact, event.at, event.duration_ms)
            self.measured = max(self.measured or measured, measured)
        return fields

    def _choose_agent(self, agent: str, exact: bool) -> None:
        """Believe an exact source over telemetry, which may not know the agent and then names the main chain. An agent
        may repeat the calls of the main chain: of exact sources that one wins."""
        was_exact = bool(flags_of(self.start_rank))
        if not self.is_started or exact > was_exact:
            self.agent = agent
        elif exact == was_exact:
            self.agent = min(agent, self.agent) if exact else max(agent, self.agent)


def _is_further(ref: SourceRef | None, other: SourceRef | None) -> bool:
    """Return True if a line counts over another one of the same instant: the one further down its file does, for copies
    of a call in two files may disagree. Without places the one read last."""
    if ref is None or other is None:
        return True
    return (ref.offset, ref.length, ref.path) >= (other.offset, other.length, other.path)


def _first(rank: int, other: int) -> int:
    return other if rank == NO_RANK else rank if other == NO_RANK else min(rank, other)


def _earliest(time: int, earlier: int) -> int:
    return min(time or earlier, earlier or time)


def _size(text: str) -> int:
    size = len(text)
    return size if size < MAX_BODY else MAX_BODY
