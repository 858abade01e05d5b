"""One response of a model, and the tool that it called, as the documents' table has it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tui_monitor.telemetry.checks import check_count, check_id, check_number, check_text, chosen
from tui_monitor.telemetry.errors import ValidationError
from tui_monitor.telemetry.executions import ApprovalType
from tui_monitor.telemetry.identity import line_name

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from tui_monitor.telemetry.parser import ResponseUsage

_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_creation_tokens",
    "cache_creation_1h_tokens",
    "reasoning_tokens",
)
_TEXTS = ("model", "provider", "tool_name", "tool_args", "engine_id", "operation", "plan_id", "task_id")


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
    uid: str = field(default_factory=line_name)
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
        for name in _TEXTS:
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
        from tui_monitor.telemetry.cost import rates_of
        from tui_monitor.telemetry.stored import usage_event

        usage = usage_event(self)
        rates = rates_of(usage)
        return None if rates is None else rates.cost(usage.tokens) / PICO
