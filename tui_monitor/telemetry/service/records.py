"""One response of a model, and the tool that it called, as the documents' table has it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tui_monitor.events import AgentStatus
from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.executions import ApprovalType
from tui_monitor.telemetry.recorder.runtime import new_uid
from tui_monitor.telemetry.recorder.validation import (
    check_count,
    check_exit_code,
    check_id,
    check_number,
    check_text,
    chosen,
)

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from tui_monitor.telemetry.recorder.usage_parser import ResponseUsage


__all__ = ["AgentRecord", "AgentStatus"]

_AGENT_TEXTS = (
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
        for name in _AGENT_TEXTS:
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


_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_creation_tokens",
    "cache_creation_1h_tokens",
    "reasoning_tokens",
)
_TELEMETRY_TEXTS = ("model", "provider", "tool_name", "tool_args", "engine_id", "operation", "plan_id", "task_id")


@dataclass(frozen=True, slots=True)
class TelemetryRecord:
    """The tokens of one response, whose they are, and the tool that it called.

    ``input_tokens`` excludes cache reads and writes, ``output_tokens`` includes ``reasoning_tokens``,
    ``cache_creation_1h_tokens`` is a part of ``cache_creation_tokens``. ``timestamp`` is epoch seconds,
    ``estimated_cost`` US dollars (None: by the price list), ``tool_args`` JSON as text. ``uid`` names the record:
    recorded again it changes nothing. ``custom`` is what hooks have added under names of their own.
    """

    agent_id: str
    timestamp: float = field(default_factory=time.time)
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_creation_tokens: int = 0
    cache_creation_1h_tokens: int = 0
    reasoning_tokens: int = 0
    estimated_cost: float | None = None
    model: str | None = None
    provider: str | None = None
    tool_name: str | None = None
    tool_args: str | None = None
    tool_approved: bool | None = None
    tool_approval_type: ApprovalType | None = None
    engine_id: str | None = None
    operation: str | None = None
    plan_id: str | None = None
    task_id: str | None = None
    duration_ms: int | None = None
    ttft_ms: int | None = None
    uid: str = field(default_factory=new_uid)
    custom: Mapping[str, object] = field(default_factory=dict)

    def checked(self) -> TelemetryRecord:
        """The same, if it can be recorded, with an approval that was told in words as such.

        Raises:
            ValidationError: a field is not what it must be.
        """
        check_id("agent_id", self.agent_id)
        check_id("uid", self.uid)
        check_number("timestamp", self.timestamp)
        for name in _COUNTS:
            check_count(name, getattr(self, name))
        for name in _TELEMETRY_TEXTS:
            check_text(name, getattr(self, name))
        for name in ("duration_ms", "ttft_ms"):
            if getattr(self, name) is not None:
                check_count(name, getattr(self, name))
        if self.estimated_cost is not None:
            check_number("estimated_cost", self.estimated_cost)
        if self.tool_approved not in (None, True, False):
            raise ValidationError("tool_approved must be True, False, or None where nobody was asked")
        by = self.tool_approval_type
        return replace(self, tool_approval_type=None if by is None else chosen("tool_approval_type", by, ApprovalType))

    @property
    def cached_tokens(self) -> int:
        """Another name of ``cache_read_tokens``: the two are the same tokens, and never added."""
        return self.cache_read_tokens

    @property
    def total_tokens(self) -> int:
        """Everything read, written and produced, each token once."""
        return self.input_tokens + self.output_tokens + self.cache_read_tokens + self.cache_creation_tokens

    def with_usage(self, usage: ResponseUsage) -> TelemetryRecord:
        """The same with the tokens that `TelemetryParser` found, and with the model, if that is not told yet."""
        counts = {name: getattr(usage, name) for name in _COUNTS}
        return replace(self, **counts, model=self.model or usage.model or None)

    def calculate_cost(self) -> float | None:
        """What the price list says that it cost, in US dollars, caches priced as the provider does; None where the
        model is unknown."""
        from tui_monitor.events import PICO
        from tui_monitor.telemetry.service.store_events import usage_event
        from tui_monitor.telemetry.statistics.cost import rates_of

        usage = usage_event(self)
        rates = rates_of(usage)
        return None if rates is None else rates.cost(usage.tokens) / PICO
