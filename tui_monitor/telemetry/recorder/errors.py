"""What may go wrong with `MonitoringService` and what belongs to it, each said in one line."""

from __future__ import annotations


class MonitoringError(Exception):
    """Any of them."""


class DatabaseError(MonitoringError):
    """The store cannot answer; the text says why, and what to do."""


class AgentNotFound(MonitoringError, LookupError):
    """Nobody has registered an agent of this id."""

    def __init__(self, agent_id: str) -> None:
        super().__init__(f"there is no agent {agent_id!r}: register it first")
        self.agent_id = agent_id


class ValidationError(MonitoringError, ValueError):
    """What was handed over cannot be; the text names the field, and says what it must be."""
