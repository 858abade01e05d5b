"""The state of one session: its facts, its agents, its log, and the last activity of its main chain."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_monitor.events import (
    FINAL_AFTER_MS,
    MAIN,
    AgentMessage,
    CallState,
    HookSuccess,
    ModelRequest,
    PlanUpdate,
    RateLimitUpdate,
    RetryUpdate,
    SessionKey,
    SessionProcess,
    ToolKind,
    Turn,
    WaitUpdate,
)
from tui_monitor.figures import NO_FIGURES, SessionFigures
from tui_monitor.live.agent import Agent
from tui_monitor.live.context import Context
from tui_monitor.live.entries import Mark
from tui_monitor.live.log import CallLog
from tui_monitor.merge.session_facts import SessionFacts
from tui_monitor.merge.text_volume import TextVolume
from tui_monitor.totals import SessionTotals

_OK, _EDIT, _WRITE = CallState.OK, ToolKind.EDIT, ToolKind.WRITE  # looking members up takes longer than the rest


@dataclass(slots=True)
class MainChainTimes:
    """The last activity of the main chain: besides its open calls all that its state is judged by.

    Each time is that of the last such event (epoch ms), 0 if there was none. ``final_after_ms`` is that of the last
    text (see `AgentMessage`), which ``asks_unseen`` if it asks for calls that are not recorded yet, ``pending`` are the
    agents and workflows that the last turn has left running, None if no source says. ``turn_end`` is how the last turn
    ended that did, at ``turn_end_at``: the end of the session may have followed.
    """

    last_prompt_at: int = 0
    last_text_at: int = 0
    final_after_ms: int | None = FINAL_AFTER_MS
    asks_unseen: bool = False
    last_response_at: int = 0
    last_call_at: int = 0
    last_result_at: int = 0
    turn: Turn | None = None
    turn_at: int = 0
    turn_reason: str = ""
    pending: int | None = None
    turn_end: Turn | None = None
    turn_end_at: int = 0
    retry: RetryUpdate | None = None
    wait: WaitUpdate | None = None
    request: ModelRequest | None = None

    def speak(self, message: AgentMessage) -> None:
        """Take note of a text or thought; of several of one instant the one that ends the turn soonest counts."""
        final_after_ms = None if message.thinking else message.final_after_ms
        if message.at < self.last_text_at:
            return
        asks_unseen = not message.thinking and final_after_ms is None and not message.text
        if message.at == self.last_text_at:
            final_after_ms = min((ms for ms in (final_after_ms, self.final_after_ms) if ms is not None), default=None)
            asks_unseen |= self.asks_unseen
        self.last_text_at, self.final_after_ms, self.asks_unseen = message.at, final_after_ms, asks_unseen

    @property
    def last_output_at(self) -> int:
        """Time of the last output of the model: a text, a call, or a response of which only the usage is known."""
        return max(self.last_text_at, self.last_response_at, self.last_call_at)

    @property
    def turn_ended_at(self) -> int:
        """End of the last turn, 0 while one is under way or nothing is known of turns."""
        return 0 if self.turn is Turn.STARTED else self.turn_at

    @property
    def last_at(self) -> int:
        """Time of the last activity of any kind."""
        return max(self.last_prompt_at, self.last_result_at, self.last_output_at, self.turn_at)


@dataclass(slots=True)
class SessionState(SessionFacts):
    """All that is shown of one session. ``totals`` are the store's, once ``totals_loaded``, and so are the ``figures``
    that somebody looks at; all else grows by events.
    ``evicted`` is set when entries of its log were dropped to make room for other sessions. ``process`` is the one that
    runs it now, as far as is known; ``process_gone`` is set when it is known to have none any more. ``continues`` is
    the session that this process ran before, ``looked_at`` when a person last had it on the screen (epoch ms).
    ``cache_marks`` are the misses of its cache in the log, by their time, ``absence``
    is the mark of what happened while nobody looked.
    ``revision`` grows with every change, so that nobody judges anew what is as it was."""

    key: SessionKey
    last_message: str = ""
    last_message_at: int = 0
    prompt: str = ""
    plan: PlanUpdate | None = None
    rate_limits: dict[str, RateLimitUpdate] = field(default_factory=dict)
    hooks: dict[str, HookSuccess] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    log: CallLog = field(default_factory=CallLog)
    main_chain: MainChainTimes = field(default_factory=MainChainTimes)
    messages: TextVolume = field(default_factory=TextVolume)
    totals: SessionTotals = field(init=False)
    totals_loaded: bool = False
    figures: SessionFigures = NO_FIGURES
    evicted: bool = False
    process: SessionProcess | None = None
    process_gone: bool = False
    continues: SessionKey | None = None
    looked_at: int = 0
    cache_marks: dict[int, Mark] = field(default_factory=dict)
    absence: Mark | None = None
    revision: int = 0

    def __post_init__(self) -> None:
        self.totals = SessionTotals(self.key)
        self.agents[MAIN] = Agent(MAIN)

    @property
    def context(self) -> Context:
        """The window of the main chain."""
        return self.agents[MAIN].context

    @property
    def leading_agent(self) -> Agent:
        """The agent whose window a person looks at: the main chain, or where others do all the work the one that was
        answered last."""
        main = self.agents[MAIN]
        if main.context.tokens is not None or main.context.at:
            return main
        return max(self.agents.values(), key=lambda agent: (agent.context.at, agent is main))

    @property
    def unstated_changes(self) -> int:
        """Number of successful edits in its log of which the source does not say what they changed."""
        count = 0
        for call in self.log.calls():
            if not call.change_count and call.state is _OK and (call.kind is _EDIT or call.kind is _WRITE):
                count += 1
        return count

    def agent(self, id_: str) -> Agent:
        """Return the agent of this id, a new one if it is unknown."""
        if id_ not in self.agents:
            self.agents[id_] = Agent(id_)
        return self.agents[id_]

    def children(self) -> list[Agent]:
        """Return the sub-agents that are not internal, oldest first."""
        agents = (agent for agent in self.agents.values() if agent.id != MAIN and not agent.internal)
        return sorted(agents, key=lambda agent: (agent.started, agent.id))
