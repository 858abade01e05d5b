"""Records of `MonitoringService`: agents, and their telemetry."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tui_monitor.events import MAIN, PICO, AgentStatus, SessionKey, Tokens, Usage
from tui_monitor.telemetry.recorder.errors import ValidationError
from tui_monitor.telemetry.recorder.executions import ApprovalType
from tui_monitor.telemetry.recorder.runtime import new_uid
from tui_monitor.telemetry.recorder.validation import (
    check_count,
    check_exit_code,
    check_id,
    check_number,
    check_text,
    parse_choice,
)

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from tui_monitor.telemetry.recorder.response_usage import ResponseUsage

__all__ = ["AgentRecord", "AgentStatus", "TelemetryRecord", "epoch_ms", "record_uid", "usage_event"]

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
_TELEMETRY_TEXTS = ("model", "provider", "tool_name", "tool_args", "engine_id", "operation", "plan_id", "task_id")
_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_creation_tokens",
    "cache_creation_1h_tokens",
    "reasoning_tokens",
)
_NO_SESSION = SessionKey("", "")


@dataclass(frozen=True, slots=True)
class AgentRecord:
    """One agent.

    Attributes:
        id: Unique within its session, 1 to 256 printable characters.
        agent_type: Kind of agent, such as ``developer``.
        parent_id: Agent that started it.
        plan_id: Plan that it works on.
        status: Current status.
        process_id: Id of its process.
        start_time: Epoch seconds; None until it is registered.
        end_time: Epoch seconds; None while it runs.
        exit_code: Exit code of its process.
        error_message: Reason of a failure.
        log_file: Path of its log.
        task_id: Task that it works on.
        description: Short description of its work.
        model: Model that it uses.
        category: Group for reports; its type if None.
        custom: Fields added by hooks.
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
    custom: Mapping[str, object] = field(default_factory=dict)

    def validate(self) -> AgentRecord:
        """Return the record, with a status given as text parsed.

        Raises:
            ValidationError: A field is invalid.
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
        return replace(self, status=parse_choice("status", self.status, AgentStatus))

    @property
    def duration(self) -> float | None:
        """Seconds from start to end; None while the agent runs."""
        if self.start_time is None or self.end_time is None:
            return None
        return max(0.0, self.end_time - self.start_time)


@dataclass(frozen=True, slots=True)
class TelemetryRecord:
    """Tokens of one response of an agent, and the tool that it called.

    Attributes:
        agent_id: Agent that the response belongs to.
        timestamp: Epoch seconds.
        input_tokens: Input tokens, without cache reads and writes.
        output_tokens: Output tokens, including ``reasoning_tokens``.
        cache_read_tokens: Input tokens read from the prompt cache.
        cache_creation_tokens: Input tokens written to the prompt cache.
        cache_creation_1h_tokens: The part of ``cache_creation_tokens`` that is kept for one hour.
        reasoning_tokens: The part of ``output_tokens`` spent on reasoning.
        estimated_cost: US dollars; None to apply the price list.
        model: Model that answered.
        provider: Provider of the model.
        tool_name: Tool that was called.
        tool_args: Arguments of the tool, JSON as text.
        tool_approved: Whether the tool was allowed to run; None if nobody was asked.
        tool_approval_type: Who decided that.
        engine_id: Engine that ran the agent, such as ``claude``.
        operation: Operation that the response is for.
        plan_id: Plan that the agent works on.
        task_id: Task that the agent works on.
        duration_ms: Milliseconds from request to end of the response.
        ttft_ms: Milliseconds to the first token.
        uid: Unique id of the record; recording it again changes nothing.
        custom: Fields added by hooks.
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

    def validate(self) -> TelemetryRecord:
        """Return the record, with an approval type given as text parsed.

        Raises:
            ValidationError: A field is invalid.
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
            raise ValidationError("tool_approved must be True, False, or None if nobody was asked")
        approval = self.tool_approval_type
        if approval is not None:
            approval = parse_choice("tool_approval_type", approval, ApprovalType)
        return replace(self, tool_approval_type=approval)

    @property
    def cached_tokens(self) -> int:
        """Another name for ``cache_read_tokens``; never add the two."""
        return self.cache_read_tokens

    @property
    def total_tokens(self) -> int:
        """Input, output, cache read and cache creation tokens, each counted once."""
        return self.input_tokens + self.output_tokens + self.cache_read_tokens + self.cache_creation_tokens

    def with_usage(self, usage: ResponseUsage) -> TelemetryRecord:
        """Return the record with the tokens of a parsed response, and with its model if the record has none."""
        counts = {name: getattr(usage, name) for name in _COUNTS}
        return replace(self, **counts, model=self.model or usage.model or None)

    def calculate_cost(self) -> float | None:
        """Return the cost in US dollars by the price list, including cache prices; None if the model is unknown."""
        from tui_monitor.telemetry.statistics.cost import rates_of

        usage = usage_event(self)
        rates = rates_of(usage)
        return None if rates is None else rates.cost(usage.tokens) / PICO


def usage_event(record: TelemetryRecord, session: SessionKey = _NO_SESSION, agent: str = MAIN) -> Usage:
    """Return the response of a record as an event, without prices."""
    return Usage(
        session=session,
        agent=agent,
        at=epoch_ms(record.timestamp),
        strong_ids=(record_uid(record),),
        model=record.model or "",
        provider=record.provider or "",
        engine=record.engine_id or "",
        tokens=Tokens(
            input=record.input_tokens,
            output=record.output_tokens,
            cache_read=record.cache_read_tokens,
            cache_creation=record.cache_creation_tokens,
            cache_creation_1h=record.cache_creation_1h_tokens,
            reasoning=record.reasoning_tokens,
        ),
        operation=record.operation or "",
        reported_cost=round(record.estimated_cost * PICO) if record.estimated_cost else None,
        duration_ms=record.duration_ms,
        ttft_ms=record.ttft_ms,
        plan=record.plan_id or "",
        task=record.task_id or "",
    )


def record_uid(record: TelemetryRecord) -> str:
    """Return the id of the events made from a record."""
    return f"uid:{record.uid}"


def epoch_ms(seconds: float) -> int:
    """Return epoch seconds as whole milliseconds."""
    return round(seconds * 1000)
