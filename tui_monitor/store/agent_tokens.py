"""The token counts of the documented ``agent_usage`` table."""

from __future__ import annotations

from tui_monitor.events import Event
from tui_monitor.store.agents import Agents
from tui_monitor.store.projection import Effects, Projection
from tui_monitor.store.responses import Responses
from tui_monitor.store.sql import sum_of
from tui_monitor.store.unattributed import Unattributed

_UPDATE = f"""
    UPDATE agent_usage SET total_tokens = (
        SELECT {sum_of("input + output + cache_read + cache_creation")} FROM totals
        WHERE session = :session AND agent = :agent)
    WHERE agent_id = (SELECT id FROM agents WHERE number = :agent)
"""


class AgentTokens(Projection[Event]):
    """Copies the totals of agents that have ended into ``agent_usage``."""

    after = (Responses, Unattributed, Agents)

    def flush(self, earlier: Effects) -> Effects:
        """Update the token counts of the agents that the batch has changed."""
        rows = [{"session": self._interned.session_of(agent), "agent": agent} for agent in earlier.agents]
        self._connection.executemany(_UPDATE, rows)
        return Effects()
