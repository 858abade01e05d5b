"""The state of one session: what is known of it, its agents, and the last that its main chain did."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_monitor.events import MAIN, PlanUpdate, RateLimitUpdate, RetryUpdate, SessionKey, Turn, WaitUpdate
from tui_monitor.live.agent import Agent
from tui_monitor.live.context import Context
from tui_monitor.live.log import CallLog
from tui_monitor.merge.text_volume import TextVolume
from tui_monitor.totals import SessionTotals


@dataclass(slots=True)
class MainChainTimes:
    """What the last lines of the main chain said: all that the agent's state is judged by, besides its open calls.

    Each time is that of the last such event, 0 if there was none.
    """

    last_prompt_at: int = 0
    last_result_at: int = 0
    last_output_at: int = 0
    turn: Turn | None = None
    turn_at: int = 0
    retry: RetryUpdate | None = None
    wait: WaitUpdate | None = None

    @property
    def last_at(self) -> int:
        """When the chain last moved, whatever it was."""
        return max(self.last_prompt_at, self.last_result_at, self.last_output_at, self.turn_at)


@dataclass(slots=True)
class SessionState:
    """All that is shown of one session. Sums are the store's (`totals`, once ``totals_loaded``), rows and the rest
    grow by events."""

    key: SessionKey
    cwd: str = ""
    branch: str = ""
    version: str = ""
    title: str = ""
    path: str = ""
    mode: str = ""
    client: str = ""
    facts_at: int = 0
    model: str = ""
    started: int = 0
    last_at: int = 0
    last_message: str = ""
    last_message_at: int = 0
    prompt: str = ""
    plan: PlanUpdate | None = None
    limits: dict[str, RateLimitUpdate] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    log: CallLog = field(default_factory=CallLog)
    main_chain: MainChainTimes = field(default_factory=MainChainTimes)
    words: TextVolume = field(default_factory=TextVolume)
    totals: SessionTotals = field(init=False)
    totals_loaded: bool = False
    evicted: bool = False

    def __post_init__(self) -> None:
        self.totals = SessionTotals(self.key)
        self.agents[MAIN] = Agent(MAIN)

    @property
    def context(self) -> Context:
        """The window of the main chain."""
        return self.agents[MAIN].context

    def agent(self, id_: str) -> Agent:
        """The agent of this id, made if it is new."""
        if id_ not in self.agents:
            self.agents[id_] = Agent(id_)
        return self.agents[id_]

    def children(self) -> list[Agent]:
        """Sub-agents that a person would call so, oldest first."""
        agents = (agent for agent in self.agents.values() if agent.id != MAIN and not agent.internal)
        return sorted(agents, key=lambda agent: agent.started)
