"""What an agent did, row by row: tool calls, and the marks between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias, TypeVar

from tui_monitor.events import (
    MAIN,
    SAME_RESPONSE_MS,
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    Change,
    Measure,
    SessionKey,
    SourceRef,
    Tokens,
    ToolKind,
)
from tui_monitor.live.outcome import looks_failed, summary_line
from tui_monitor.merge.text_volume import MAX_BODY, text_length

_T = TypeVar("_T")


@dataclass(slots=True, eq=False)
class Call:
    """One tool call. ``input``, ``output``, ``error`` and the diffs are empty when ``trimmed``: the store still has
    them, and the places ``input_ref`` and ``output_ref``. ``closed`` once it is part of what is over; one that is
    closed and still open was left behind without a result. ``input_chars`` and ``output_chars`` count its input and
    its answer. ``asked_exactly`` and ``answered_exactly`` once somebody told so who knows (see
    `CallStarted`). ``measured`` is the best measurement of how long it ran: whether by who knows, when told, and the
    milliseconds; ``measured_ms`` the same unless the end that stands came long after that."""

    session: SessionKey
    id: str
    agent: str = MAIN
    tool: str = ""
    kind: ToolKind = ToolKind.OTHER
    subject: str = ""
    note: str = ""
    parent: str = ""
    model: str = ""
    state: CallState = CallState.OPEN
    started: int = 0
    ended: int = 0
    measured: tuple[bool, int, int] | None = None
    measured_ms: int | None = None
    timeout_ms: int | None = None
    exit_code: int | None = None
    measure: Measure | None = None
    summary_line: str = ""
    suspicious: bool = False
    added: int = 0
    removed: int = 0
    doing: str = ""
    progress_at: int = 0
    elapsed_ms: int | None = None
    tokens: Tokens | None = None
    approved: bool | None = None
    approval: str = ""
    metadata: str = ""
    input: str = ""
    output: str = ""
    error: str = ""
    input_chars: int = 0
    output_chars: int = 0
    changes: tuple[Change, ...] = ()
    input_ref: SourceRef | None = None
    output_ref: SourceRef | None = None
    trimmed: bool = False
    closed: bool = False
    asked_exactly: bool = False
    answered_exactly: bool = False
    last_event_at: int = 0
    version: int = 0

    @property
    def at(self) -> int:
        """Its place in time among what has happened: when it ended, or began."""
        return self.ended or self.started

    @property
    def duration_ms(self) -> int | None:
        """As measured by the source, else from asking to answering; None while open or when unknown."""
        if self.measured_ms is not None:
            return self.measured_ms
        return self.ended - self.started if self.ended and self.started else None

    @property
    def size(self) -> int:
        """Characters held in bodies."""
        diffs = sum(len(change.diff) for change in self.changes)
        return len(self.input) + len(self.output) + len(self.error) + len(self.metadata) + diffs

    def start(self, event: CallStarted) -> None:
        """Take over what was asked for; one that is not exact only adds what is missing to one that is."""
        stands = event.exact or not self.asked_exactly
        choose = _told_first if stands else _known_first
        if stands:
            self.agent = event.agent if event.exact else event.agent or self.agent
            self.tool, self.kind = event.tool, event.kind
        self.subject, self.note = choose(event.subject, self.subject), choose(event.note, self.note)
        self.parent, self.model = choose(event.parent, self.parent), choose(event.model, self.model)
        self.timeout_ms = choose(event.timeout_ms, self.timeout_ms)
        self.input_ref = choose(event.ref, self.input_ref)
        self.input = choose(event.input[:MAX_BODY], self.input)
        self.started = min(self.started or event.at, event.at or self.started)
        self.input_chars = max(self.input_chars, text_length(event.input))
        self.asked_exactly |= event.exact
        self.version += 1

    def progress(self, event: CallProgress) -> None:
        """Take over a sign of life."""
        self.doing, self.progress_at = event.doing or self.doing, max(self.progress_at, event.at)
        if event.elapsed_ms is not None:
            self.elapsed_ms = event.elapsed_ms
        self.version += 1

    def finish(self, event: CallFinished) -> None:
        """Take over what became of it; a result over which the known one stands adds what is missing."""
        stands = self.state is CallState.OPEN or event.precedence >= (
            self.answered_exactly,
            self.state.ended,
            self.last_event_at,
        )
        choose = _told_first if stands else _known_first
        self.approved = choose(event.approved, self.approved)
        self.approval = choose(event.approval, self.approval)
        self.output_chars = max(self.output_chars, text_length(event.output) + text_length(event.error))
        if stands:
            self._end(event)
        if event.state.ended is self.state.ended:
            self._answer(event, choose)
        self._time(event)
        self.version += 1

    def _end(self, event: CallFinished) -> None:
        if event.state.ended is not self.state.ended:
            self.exit_code = self.measure = None
        self.state, self.last_event_at, self.answered_exactly = event.state, event.at, event.exact
        self.ended = event.at if event.state.ended else 0

    def _time(self, event: CallFinished) -> None:
        if event.duration_ms is not None and event.state.ended:
            told = (event.exact, event.at, event.duration_ms)
            self.measured = max(self.measured or told, told)
        if self.measured:
            _, at, duration = self.measured
            is_old = at > 0 and self.last_event_at - at >= SAME_RESPONSE_MS
            self.measured_ms = duration if self.state.ended and not is_old else None

    def _answer(self, event: CallFinished, choose: _Choose) -> None:
        self.exit_code = choose(event.exit_code, self.exit_code)
        self.measure = choose(event.measure, self.measure)
        self.tokens = choose(event.tokens, self.tokens)
        self.metadata = choose(event.metadata[:MAX_BODY], self.metadata)
        self.output_ref = choose(event.ref, self.output_ref)
        self.output = choose(event.output[:MAX_BODY], self.output)
        self.error = choose(event.error[:MAX_BODY], self.error)
        self.changes = choose(event.changes, self.changes)
        self.added = sum(change.added for change in self.changes)
        self.removed = sum(change.removed for change in self.changes)
        if self.kind is ToolKind.SHELL:
            self.summary_line = summary_line(self.error or self.output)
            self.suspicious = self.state is CallState.OK and looks_failed(self.output)

    def trim(self) -> None:
        """Let go of the bodies."""
        self.input = self.output = self.error = self.metadata = ""
        self.changes = tuple(
            Change(change.kind, change.path, "", change.added, change.removed, change.old_path, change.lines)
            for change in self.changes
        )
        self.trimmed = True


class _Choose(Protocol):
    """Chooses between what is told and what is known: the one that says nothing is passed over."""

    def __call__(self, told: _T, known: _T, /) -> _T: ...


def _told_first(told: _T, known: _T) -> _T:
    return known if told is None or told in ("", ()) else told


def _known_first(told: _T, known: _T) -> _T:
    return _told_first(known, told)


class MarkKind(StrEnum):
    """What a mark between calls tells."""

    PROMPT = "prompt"
    COMPACTED = "compacted"
    RETRY = "retry"
    GAVE_UP = "gave up"
    INTERRUPTED = "interrupted"
    DONE = "done"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened and is no tool call. ``text`` is what was said, the rest what is known in numbers."""

    kind: MarkKind
    at: int
    text: str = ""
    before: int | None = None
    after: int | None = None
    duration_ms: int | None = None


Entry: TypeAlias = Call | Mark
