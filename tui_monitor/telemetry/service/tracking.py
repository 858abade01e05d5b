"""The tokens and the cost of agents: recorded after the hooks have seen them, and summed up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import NamedTuple

from tui_monitor.telemetry.service.hooks import HookRegistry, HookType, with_told
from tui_monitor.telemetry.service.records import TelemetryRecord

_NOT_FOR_HOOKS = ("uid", "custom")


class TotalTokens(NamedTuple):
    """Tokens of all responses of an agent. ``input`` excludes what went through the cache, ``total`` has it."""

    input: int
    output: int
    total: int


@dataclass(frozen=True, slots=True)
class TelemetrySummary:
    """What one agent has spent: US dollars, and how many of its requests no price is known of. As long as there are
    any, or one of which not all tokens are told, the cost is a lower bound."""

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
    """Keeps telemetry of agents, and answers what they spent; `MonitoringService` is one."""

    hooks: HookRegistry

    @abstractmethod
    def add_telemetry(self, record: TelemetryRecord) -> None:
        """Keep a record as it is, without hooks.

        Raises:
            AgentNotFound: it is of an agent that nobody has registered.
        """

    @abstractmethod
    def get_agent_telemetry(self, agent_id: str) -> list[TelemetryRecord]:
        """All that was recorded of an agent, by time. A cost that nobody knows is None.

        Raises:
            DatabaseError: the store cannot answer; so do all questions below.
        """

    @abstractmethod
    def get_telemetry_summary(self, agent_id: str | None = None) -> list[TelemetrySummary]:
        """What each agent has spent, or the one of this id; those that spent nothing are left out."""

    async def record_telemetry(self, record: TelemetryRecord) -> TelemetryRecord:
        """Keep a record as the hooks of telemetry collection left it, which is the answer. The loop goes on meanwhile.

        Raises:
            AgentNotFound: it is of an agent that nobody has registered.
        """
        import asyncio

        data = {field.name: getattr(record, field.name) for field in fields(record) if field.name not in _NOT_FOR_HOOKS}
        try:
            record = with_told(record, await self.hooks.run(HookType.TELEMETRY_COLLECTION, data))
        finally:  # whoever is cancelled meanwhile has spent it all the same
            await asyncio.to_thread(self.add_telemetry, record)
        return record

    def get_total_tokens(self, agent_id: str) -> TotalTokens:
        """The tokens of an agent, 0 for one that spent none."""
        spent = self.get_telemetry_summary(agent_id)
        return TotalTokens(spent[0].input_tokens, spent[0].output_tokens, spent[0].total_tokens) if spent else _NONE

    def get_total_cost(self, agent_id: str) -> float:
        """What an agent has cost, in US dollars, as far as prices are known (see `TelemetrySummary`)."""
        return sum(summary.total_cost for summary in self.get_telemetry_summary(agent_id))


_NONE = TotalTokens(0, 0, 0)
