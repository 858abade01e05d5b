"""Exceptions of `MonitoringService` and its records; each message is one line."""

from __future__ import annotations


class MonitoringError(Exception):
    """Base class of the exceptions here."""


class DatabaseError(MonitoringError):
    """The store cannot answer. The message says why, and what to do."""


class AgentNotFound(MonitoringError, LookupError):
    """No agent with this id is registered. ``agent_id`` holds the id."""

    def __init__(self, agent_id: str) -> None:
        super().__init__(f"there is no agent {agent_id!r}: register it first")
        self.agent_id = agent_id


class ValidationError(MonitoringError, ValueError):
    """A value is invalid. The message names the field and says what it must be."""
