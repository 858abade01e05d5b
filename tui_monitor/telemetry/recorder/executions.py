"""Tool executions: the run of a tool, its token counts and who approved it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from tui_monitor.telemetry.recorder.file_changes import FileChange, now_ms
from tui_monitor.telemetry.recorder.runtime import new_execution_id
from tui_monitor.telemetry.recorder.scope import current_execution, current_scope

ToolExecId = int
"""Id of an execution, unique across processes and runs, below 2**53."""

_MILLISECOND = timedelta(milliseconds=1)


class ApprovalType(StrEnum):
    """Authority that allowed or declined a tool: the user, the agent's own rules, or a policy."""

    USER = "user"
    AUTO = "auto"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Input and output tokens. Immutable; ``+`` adds two."""

    input: int = 0
    output: int = 0

    def total(self) -> int:
        """Return input plus output tokens."""
        return self.input + self.output

    def add(self, other: TokenCounts) -> TokenCounts:
        """Return the sum of both, like ``+``."""
        return TokenCounts(self.input + other.input, self.output + other.output)

    __add__ = add

    def __str__(self) -> str:
        return f"{self.input} in / {self.output} out ({self.total()} total)"


@dataclass(slots=True)
class ToolExecution:
    """One run of a tool. `start` it, complete it and record it, or let `execution` do all three.

    Do not change it once it is recorded. All methods that change it return it.

    Attributes:
        id: Unique across processes and runs, below 2**53.
        tool_name: Name of the tool.
        input: Arguments of the tool, any JSON value.
        output: Output of the tool, as text.
        success: True if the tool succeeded.
        error: Error message, None on success.
        started_at: UTC epoch milliseconds.
        duration_ms: Whole milliseconds.
        files_affected: File changes and reads made by the tool.
        tokens: Tokens used by the tool itself, None if it used no model.
        parent_id: Execution that this one is part of.
        session_id: Session that it belongs to.
        model: Model that requested it.
        metadata: Anything else, as JSON values; ``exit_code`` is shown by the monitor.
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
    def start(cls, tool_name: str, input: object = None) -> ToolExecution:  # noqa: A002  # documented name
        """Return a new execution that starts now, in the current session and as part of the current execution."""
        return cls(
            new_execution_id(),
            tool_name,
            input,
            started_at=now_ms(),
            parent_id=current_execution(),
            session_id=current_scope().session_id,
        )

    def complete_success(self, output: str | None, duration: timedelta) -> ToolExecution:
        """Mark the execution as succeeded, with its output. ``duration`` is cut to whole milliseconds."""
        self.success, self.output, self.error = True, output, None
        self.duration_ms = duration // _MILLISECOND
        return self

    def complete_error(self, error: str, duration: timedelta) -> ToolExecution:
        """Mark the execution as failed, with an error message. ``duration`` is cut to whole milliseconds."""
        self.success, self.error = False, error
        self.duration_ms = duration // _MILLISECOND
        return self

    def add_file_change(self, change: FileChange) -> ToolExecution:
        """Add a file that the tool changed or read."""
        self.files_affected.append(change)
        return self

    def with_parent(self, parent_id: ToolExecId | None) -> ToolExecution:
        """Set the execution that this one is part of, None for none."""
        self.parent_id = parent_id
        return self

    def with_session(self, session_id: str) -> ToolExecution:
        """Set the session that the execution belongs to."""
        self.session_id = session_id
        return self

    def with_model(self, model: str) -> ToolExecution:
        """Set the model that requested the execution."""
        self.model = model
        return self

    def with_approval(self, approved: bool, by: ApprovalType) -> ToolExecution:
        """Set whether the tool was allowed to run, and who decided. Stored in ``metadata``."""
        self.metadata |= {"tool_approved": approved, "tool_approval_type": by.value}
        return self
