"""Lifecycle of agents: registration, status and end, with and without hooks."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace

from tui_monitor.telemetry.recorder.validation import check_id, parse_choice
from tui_monitor.telemetry.service.hooks import HookRegistry, HookType, apply_hook_result
from tui_monitor.telemetry.service.records import AgentRecord, AgentStatus


class AgentLifecycle(ABC):
    """Interface that stores and queries agents; implemented by `MonitoringService`.

    The ``…_with_hooks`` forms let hooks see and change a record before it is written, without blocking the event loop.
    """

    hooks: HookRegistry

    @abstractmethod
    def get_agent(self, agent_id: str) -> AgentRecord | None:
        """Return the agent with this id, None if there is none.

        Raises:
            DatabaseError: The store cannot answer.
        """

    @abstractmethod
    def get_children(self, agent_id: str) -> list[AgentRecord]:
        """Return the agents whose parent is this one, by start time.

        Raises:
            DatabaseError: The store cannot answer.
        """

    @abstractmethod
    def get_plan_agents(self, plan_id: str) -> list[AgentRecord]:
        """Return the agents of this plan in all sessions, by start time.

        Raises:
            DatabaseError: The store cannot answer.
        """

    @abstractmethod
    def list_agents(self) -> list[AgentRecord]:
        """Return the agents of all sessions in the store, by start time.

        Raises:
            DatabaseError: The store cannot answer.
        """

    @abstractmethod
    def _save_agent(self, record: AgentRecord) -> None:
        """Store a record; its empty fields keep their stored values."""

    @abstractmethod
    def _require_agent(self, agent_id: str) -> None:
        """Raise `AgentNotFound` unless this agent is registered."""

    def register_agent(self, record: AgentRecord) -> AgentRecord:
        """Register an agent at its start. An existing agent with the same id starts again.

        Returns the record with its start time.

        Raises:
            ValidationError: A field is invalid.
        """
        record = _with_start(record)
        self._save_agent(record)
        return record

    def update_status(self, agent_id: str, status: AgentStatus | str) -> None:
        """Set the status of an agent; its end time too, unless it is starting or running.

        Raises:
            AgentNotFound: The agent is not registered.
            ValidationError: There is no such status.
        """
        self._require_agent(agent_id)
        parsed = parse_choice("status", status, AgentStatus)
        ended = time.time() if parsed not in (AgentStatus.STARTING, AgentStatus.RUNNING) else None
        self._save_agent(AgentRecord(agent_id, "", status=parsed, end_time=ended))

    def complete_agent(self, agent_id: str, exit_code: int = 0) -> None:
        """Record the end of an agent: completed with exit code 0, failed with any other.

        Raises:
            AgentNotFound: The agent is not registered.
            ValidationError: The exit code is not a whole number.
        """
        self._require_agent(agent_id)
        self._save_agent(_completion(agent_id, exit_code))

    def fail_agent(self, agent_id: str, error_message: str) -> None:
        """Record the failure of an agent, with its reason.

        Raises:
            AgentNotFound: The agent is not registered.
        """
        self._require_agent(agent_id)
        self._save_agent(_failure(agent_id, error_message))

    async def register_agent_with_hooks(self, record: AgentRecord) -> AgentRecord:
        """Register an agent after its hooks.

        Hooks get ``agent_type``, ``parent_id``, ``plan_id`` and ``start_time``. Returns the record that they leave.

        Raises:
            ValidationError: A field is invalid.
        """
        record = _with_start(record)
        data = {name: getattr(record, name) for name in ("agent_type", "parent_id", "plan_id", "start_time")}
        return await self._save_after_hooks(HookType.AGENT_START, record, data)

    async def complete_agent_with_hooks(self, agent_id: str, exit_code: int = 0) -> None:
        """Record the end of an agent after its hooks, as `complete_agent` does.

        Hooks get ``exit_code``, ``end_time`` and ``success``.
        """
        record = _completion(agent_id, exit_code)
        data = {"exit_code": exit_code, "end_time": record.end_time, "success": exit_code == 0}
        await self._save_end_after_hooks(HookType.AGENT_COMPLETE, record, data)

    async def fail_agent_with_hooks(self, agent_id: str, error_message: str) -> None:
        """Record the failure of an agent after its hooks, as `fail_agent` does.

        Hooks get ``error_message`` and ``end_time``.
        """
        record = _failure(agent_id, error_message)
        data = {"error_message": error_message, "end_time": record.end_time}
        await self._save_end_after_hooks(HookType.AGENT_FAIL, record, data)

    async def _save_end_after_hooks(self, hook_type: HookType, record: AgentRecord, data: Mapping[str, object]) -> None:
        import asyncio

        await asyncio.to_thread(self._require_agent, record.id)
        await self._save_after_hooks(hook_type, record, data)

    async def _save_after_hooks(
        self, hook_type: HookType, record: AgentRecord, data: Mapping[str, object]
    ) -> AgentRecord:
        import asyncio

        fields = {"event_type": hook_type.value, "agent_id": record.id, **data}
        try:
            record = apply_hook_result(record, await self.hooks.run(hook_type, fields))
        finally:  # also if the caller is cancelled meanwhile
            await asyncio.to_thread(self._save_agent, record)
        return record


def _with_start(record: AgentRecord) -> AgentRecord:
    check_id("agent_type", record.agent_type)
    return replace(record.validate(), start_time=time.time() if record.start_time is None else record.start_time)


def _completion(agent_id: str, exit_code: int) -> AgentRecord:
    status = AgentStatus.FAILED if exit_code else AgentStatus.COMPLETED
    return AgentRecord(agent_id, "", status=status, end_time=time.time(), exit_code=exit_code).validate()


def _failure(agent_id: str, error_message: str) -> AgentRecord:
    record = AgentRecord(agent_id, "", status=AgentStatus.FAILED, end_time=time.time(), error_message=error_message)
    return record.validate()
