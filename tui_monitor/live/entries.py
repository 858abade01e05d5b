"""What an agent did, row by row: tool calls, and the marks between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tui_monitor.events import (
    MAIN,
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    Change,
    Measure,
    Ref,
    SessionKey,
    Tokens,
    ToolKind,
)
from tui_monitor.live.outcome import finding, looks_failed

MAX_BODY = 64 * 1024


@dataclass(slots=True, eq=False)
class Call:
    """One tool call. ``input``, ``output``, ``error`` and the diffs are empty when ``trimmed``: the store still has
    them, and the places ``asked_at`` and ``answered_at``. ``placed`` once it is part of what is over; one that is
    placed and still open was left behind without a result."""

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
    measured_ms: int | None = None
    timeout_ms: int | None = None
    exit_code: int | None = None
    measure: Measure | None = None
    finding: str = ""
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
    changes: tuple[Change, ...] = ()
    asked_at: Ref | None = None
    answered_at: Ref | None = None
    trimmed: bool = False
    placed: bool = False
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
        """Take over what was asked for."""
        self.agent, self.tool, self.kind = event.agent, event.tool, event.kind
        self.subject, self.note, self.parent = event.subject, event.note, event.parent
        self.model, self.timeout_ms, self.asked_at = event.model, event.timeout_ms, event.ref
        self.started = event.at
        self.input = event.input[:MAX_BODY]
        self.version += 1

    def progress(self, event: CallProgress) -> None:
        """Take over a sign of life."""
        self.doing, self.progress_at = event.doing or self.doing, max(self.progress_at, event.at)
        if event.elapsed_ms is not None:
            self.elapsed_ms = event.elapsed_ms
        self.version += 1

    def finish(self, event: CallFinished) -> None:
        """Take over what became of it."""
        self.state = event.state
        self.ended = event.at if event.state.ended else 0
        self.measured_ms, self.exit_code = event.duration_ms, event.exit_code
        self.measure, self.changes = event.measure, event.changes
        self.added = sum(change.added for change in event.changes)
        self.removed = sum(change.removed for change in event.changes)
        self.tokens, self.approved, self.approval = event.tokens, event.approved, event.approval
        self.metadata, self.answered_at = event.metadata[:MAX_BODY], event.ref
        self.output, self.error = event.output[:MAX_BODY], event.error[:MAX_BODY]
        if self.kind is ToolKind.SHELL:
            self.finding = finding(event.error or event.output)
            self.suspicious = event.state is CallState.OK and looks_failed(event.output)
        self.version += 1

    def trim(self) -> None:
        """Let go of the bodies."""
        self.input = self.output = self.error = self.metadata = ""
        self.changes = tuple(
            Change(change.kind, change.path, "", change.added, change.removed, change.old_path, change.lines)
            for change in self.changes
        )
        self.trimmed = True


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
