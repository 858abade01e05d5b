"""The lives of agents: registered, running, and how they end."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace

from tui_monitor.telemetry.recorder.validation import check_id, chosen
from tui_monitor.telemetry.service.hooks import HookRegistry, HookType, with_told
from tui_monitor.telemetry.service.records import AgentRecord, AgentStatus


class AgentLifecycle(ABC):
    """Keeps what becomes of agents, and answers who they are; `MonitoringService` is one.

    The forms with hooks let those see and change what is told before it is written; the loop goes on meanwhile.
    """

    hooks: HookRegistry

    @abstractmethod
    def get_agent(self, agent_id: str) -> AgentRecord | None:
        """The agent of this id, None if there is none.

        Raises:
            DatabaseError: the store cannot answer; so do all questions below.
        """

    @abstractmethod
    def get_children(self, agent_id: str) -> list[AgentRecord]:
        """The agents that name this one as their parent, by when they began."""

    @abstractmethod
    def get_plan_agents(self, plan_id: str) -> list[AgentRecord]:
        """The agents that carry out this plan, in whatever session, by when they began."""

    @abstractmethod
    def list_agents(self) -> list[AgentRecord]:
        """All agents of all sessions in the store, by when they began."""

    @abstractmethod
    def _keep_agent(self, record: AgentRecord) -> None:
        """Keep what a record tells; fields that tell nothing leave what is known."""

    @abstractmethod
    def _require(self, agent_id: str) -> None:
        """Raise `AgentNotFound` if nobody has registered this agent."""

    def register_agent(self, record: AgentRecord) -> AgentRecord:
        """An agent begins. One that is known already begins anew, under the same id.

        Raises:
            ValidationError: a field is not what it must be.
        """
        record = _beginning(record)
        self._keep_agent(record)
        return record

    def update_status(self, agent_id: str, status: AgentStatus | str) -> None:
        """An agent is at another point of its life.

        Raises:
            AgentNotFound: nobody has registered it; so do all below.
            ValidationError: there is no such status.
        """
        self._require(agent_id)
        told = chosen("status", status, AgentStatus)
        ended = time.time() if told not in (AgentStatus.STARTING, AgentStatus.RUNNING) else None
        self._keep_agent(AgentRecord(agent_id, "", status=told, end_time=ended))

    def complete_agent(self, agent_id: str, exit_code: int = 0) -> None:
        """An agent has come to its end: completed by exit code 0, failed by any other.

        Raises:
            ValidationError: the exit code is no whole number.
        """
        self._require(agent_id)
        self._keep_agent(_completed(agent_id, exit_code))

    def fail_agent(self, agent_id: str, error_message: str) -> None:
        """An agent has failed, for this reason."""
        self._require(agent_id)
        self._keep_agent(_failed(agent_id, error_message))

    async def register_agent_with_hooks(self, record: AgentRecord) -> AgentRecord:
        """As `register_agent`; hooks get ``agent_type``, ``parent_id``, ``plan_id`` and ``start_time``."""
        record = _beginning(record)
        names = ("agent_type", "parent_id", "plan_id", "start_time")
        return await self._after_hooks(HookType.AGENT_START, record, {name: getattr(record, name) for name in names})

    async def complete_agent_with_hooks(self, agent_id: str, exit_code: int = 0) -> None:
        """As `complete_agent`; hooks get ``exit_code``, ``end_time`` and ``success``."""
        record = _completed(agent_id, exit_code)
        data = {"exit_code": exit_code, "end_time": record.end_time, "success": exit_code == 0}
        await self._ended_after_hooks(HookType.AGENT_COMPLETE, record, data)

    async def fail_agent_with_hooks(self, agent_id: str, error_message: str) -> None:
        """As `fail_agent`; hooks get ``error_message`` and ``end_time``."""
        record = _failed(agent_id, error_message)
        data = {"error_message": error_message, "end_time": record.end_time}
        await self._ended_after_hooks(HookType.AGENT_FAIL, record, data)

    async def _ended_after_hooks(self, moment: HookType, record: AgentRecord, data: Mapping[str, object]) -> None:
        import asyncio

        await asyncio.to_thread(self._require, record.id)
        await self._after_hooks(moment, record, data)

    async def _after_hooks(self, moment: HookType, record: AgentRecord, data: Mapping[str, object]) -> AgentRecord:
        import asyncio

        whole = {"event_type": moment.value, "agent_id": record.id, **data}
        try:
            record = with_told(record, await self.hooks.run(moment, whole))
        finally:  # also of an agent that is cancelled meanwhile
            await asyncio.to_thread(self._keep_agent, record)
        return record


def _beginning(record: AgentRecord) -> AgentRecord:
    check_id("agent_type", record.agent_type)
    return replace(record.checked(), start_time=time.time() if record.start_time is None else record.start_time)


def _completed(agent_id: str, exit_code: int) -> AgentRecord:
    status = AgentStatus.FAILED if exit_code else AgentStatus.COMPLETED
    return AgentRecord(agent_id, "", status=status, end_time=time.time(), exit_code=exit_code).checked()


def _failed(agent_id: str, error_message: str) -> AgentRecord:
    ended = AgentRecord(agent_id, "", status=AgentStatus.FAILED, end_time=time.time(), error_message=error_message)
    return ended.checked()
