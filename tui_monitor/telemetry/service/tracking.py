"""Telemetry of agents: recorded after the hooks have seen it, and summed per agent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import NamedTuple

from tui_monitor.telemetry.service.hooks import HookRegistry, HookType, apply_hook_result
from tui_monitor.telemetry.service.records import TelemetryRecord

_HIDDEN_FROM_HOOKS = ("uid", "custom")


class TotalTokens(NamedTuple):
    """Tokens of all responses of an agent. ``input`` excludes cache reads and writes, ``total`` includes them."""

    input: int
    output: int
    total: int


_NO_TOKENS = TotalTokens(0, 0, 0)


@dataclass(frozen=True, slots=True)
class TelemetrySummary:
    """Tokens and cost of one agent.

    Attributes:
        agent_id: Id of the agent.
        requests: Number of responses.
        input_tokens: Input tokens, without cache reads and writes.
        output_tokens: Output tokens.
        cache_read_tokens: Input tokens read from the prompt cache.
        cache_creation_tokens: Input tokens written to the prompt cache.
        total_tokens: All tokens, each counted once.
        total_cost: US dollars of the responses whose price is known.
        unpriced_requests: Responses whose price is unknown.
        is_lower_bound: True if a price or some of the tokens are unknown.
    """

    agent_id: str
    requests: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_creation_tokens: int
    total_tokens: int
    total_cost: float
    unpriced_requests: int
    is_lower_bound: bool


class TelemetryTracking(ABC):
    """Interface that stores and sums telemetry; implemented by `MonitoringService`."""

    hooks: HookRegistry

    @abstractmethod
    def add_telemetry(self, record: TelemetryRecord) -> None:
        """Store a record as it is, without hooks.

        Raises:
            AgentNotFound: The agent is not registered.
            ValidationError: A field is invalid.
        """

    @abstractmethod
    def get_agent_telemetry(self, agent_id: str) -> list[TelemetryRecord]:
        """Return all records of an agent, by time. An unknown cost is None.

        Raises:
            DatabaseError: The store cannot answer.
        """

    @abstractmethod
    def get_telemetry_summary(self, agent_id: str | None = None) -> list[TelemetrySummary]:
        """Return the totals of each agent with usage, or of one agent.

        Raises:
            DatabaseError: The store cannot answer.
        """

    async def record_telemetry(self, record: TelemetryRecord) -> TelemetryRecord:
        """Store a record after the hooks of telemetry collection, without blocking the event loop.

        Returns the record that the hooks leave.

        Raises:
            AgentNotFound: The agent is not registered.
            ValidationError: A field is invalid.
        """
        import asyncio

        names = (field.name for field in fields(record) if field.name not in _HIDDEN_FROM_HOOKS)
        data = {name: getattr(record, name) for name in names}
        try:
            record = apply_hook_result(record, await self.hooks.run(HookType.TELEMETRY_COLLECTION, data))
        finally:  # the tokens are spent, even if the caller is cancelled meanwhile
            await asyncio.to_thread(self.add_telemetry, record)
        return record

    def get_total_tokens(self, agent_id: str) -> TotalTokens:
        """Return the tokens of an agent, zero if it has no usage.

        Raises:
            DatabaseError: The store cannot answer.
        """
        for summary in self.get_telemetry_summary(agent_id):
            return TotalTokens(summary.input_tokens, summary.output_tokens, summary.total_tokens)
        return _NO_TOKENS

    def get_total_cost(self, agent_id: str) -> float:
        """Return the cost of an agent in US dollars, as far as prices are known (see `TelemetrySummary`).

        Raises:
            DatabaseError: The store cannot answer.
        """
        return sum(summary.total_cost for summary in self.get_telemetry_summary(agent_id))
