"""An agent as the documents' table has it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui_monitor.events import AgentStatus
from tui_monitor.telemetry.checks import check_count, check_exit_code, check_id, check_number, check_text, chosen

__all__ = ["AgentRecord", "AgentStatus"]

_TEXTS = (
    "agent_type",
    "parent_id",
    "plan_id",
    "error_message",
    "log_file",
    "task_id",
    "description",
    "model",
    "category",
)


@dataclass(frozen=True, slots=True)
class AgentRecord:
    """One agent: who it is, whose child, and what became of it.

    Times are epoch seconds; without a ``start_time`` it begins when it is registered. ``category`` groups agents for
    reports; left out, their type does.
    """

    id: str
    agent_type: str
    parent_id: str | None = None
    plan_id: str | None = None
    status: AgentStatus = AgentStatus.STARTING
    process_id: int | None = None
    start_time: float | None = None
    end_time: float | None = None
    exit_code: int | None = None
    error_message: str | None = None
    log_file: str | None = None
    task_id: str | None = None
    description: str | None = None
    model: str | None = None
    category: str | None = None

    def checked(self) -> AgentRecord:
        """The same, if it can be an agent, with a status that was told in words as such.

        Raises:
            ValidationError: a field is not what it must be.
        """
        check_id("id", self.id)
        check_text("agent_type", self.agent_type, required=True)
        for name in _TEXTS:
            check_text(name, getattr(self, name))
        for name in ("start_time", "end_time"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name))
        if self.process_id is not None:
            check_count("process_id", self.process_id)
        if self.exit_code is not None:
            check_exit_code("exit_code", self.exit_code)
        return replace(self, status=chosen("status", self.status, AgentStatus))

    @property
    def duration(self) -> float | None:
        """Seconds from its start to its end; None while it runs."""
        if self.start_time is None or self.end_time is None:
            return None
        return max(0.0, self.end_time - self.start_time)
