"""One run of a tool."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from tui_monitor.telemetry.recorder.file_changes import FileChange, now_ms
from tui_monitor.telemetry.recorder.runtime import new_execution_id
from tui_monitor.telemetry.recorder.scope import current_execution, current_scope

ToolExecId = int
"""Identity of an execution, unique across processes and runs, below 2**53.""" ""

_MILLISECOND = timedelta(milliseconds=1)


class ApprovalType(StrEnum):
    """Who decided whether a tool may run."""

    USER = "user"
    AUTO = "auto"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Tokens read and produced."""

    input: int = 0
    output: int = 0

    def total(self) -> int:
        """Both together."""
        return self.input + self.output

    def add(self, other: TokenCounts) -> TokenCounts:
        """The sum of both, as ``+`` gives it. Counts never change, so that what was shown stays true."""
        return TokenCounts(self.input + other.input, self.output + other.output)

    __add__ = add

    def __str__(self) -> str:
        return f"{self.input} in / {self.output} out ({self.total()} total)"


@dataclass(slots=True)
class ToolExecution:
    """One run of a tool: `start` it, complete it, record it (or let `execution` do all three).

    ``input`` is the arguments, any JSON value; ``started_at`` UTC epoch milliseconds; ``duration_ms`` whole
    milliseconds; ``tokens`` those that the tool itself used. Once recorded it is handed over: leave it as it is.
    """

    id: ToolExecId
    tool_name: str
    input: object = None
    output: str | None = None
    success: bool = False
    error: str | None = None
    started_at: int = field(default_factory=now_ms)
    duration_ms: int = 0
    files_affected: list[FileChange] = field(default_factory=list)
    tokens: TokenCounts | None = None
    parent_id: ToolExecId | None = None
    session_id: str | None = None
    model: str | None = None
    metadata: dict[str, object] = field(default_factory=dict)

    @classmethod
    def start(cls, tool_name: str, input: object = None) -> ToolExecution:  # noqa: A002  # the documents' name
        """An execution that begins: a part of the one that it is started in, if any, and of the session."""
        return cls(
            new_execution_id(),
            tool_name,
            input,
            started_at=time.time_ns() // 1_000_000,
            parent_id=current_execution(),
            session_id=current_scope().session_id,
        )

    def complete_success(self, output: str | None, duration: timedelta) -> ToolExecution:
        """It did well. Returns itself, as all methods do that change it."""
        self.success, self.output, self.error = True, output, None
        self.duration_ms = duration // _MILLISECOND
        return self

    def complete_error(self, error: str, duration: timedelta) -> ToolExecution:
        """It failed; ``error`` says why."""
        self.success, self.error = False, error
        self.duration_ms = duration // _MILLISECOND
        return self

    def add_file_change(self, change: FileChange) -> ToolExecution:
        """It changed or read a file."""
        self.files_affected.append(change)
        return self

    def with_parent(self, parent_id: ToolExecId | None) -> ToolExecution:
        """It is a part of that execution, or (None) of none."""
        self.parent_id = parent_id
        return self

    def with_session(self, session_id: str) -> ToolExecution:
        """It belongs to that session."""
        self.session_id = session_id
        return self

    def with_model(self, model: str) -> ToolExecution:
        """That model was used."""
        self.model = model
        return self

    def with_approval(self, approved: bool, by: ApprovalType) -> ToolExecution:
        """Whether it was allowed to run, and who decided; kept in ``metadata``."""
        self.metadata |= {"tool_approved": approved, "tool_approval_type": by.value}
        return self
