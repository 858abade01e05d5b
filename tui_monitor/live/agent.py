"""One agent of a session: who it is, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, CallFinished
from tui_monitor.live.context import Context

_OVER = (AgentStatus.COMPLETED, AgentStatus.FAILED, AgentStatus.TERMINATED)
_FACTS = ("parent", "call", "type", "description", "model", "error")


@dataclass(slots=True)
class Agent:
    """One agent of a session. ``internal`` ones are the program's own doing. ``called_at`` is when it was first told
    by which ``call`` it was started, ``status_at`` when a source told its ``status``; 0 while none has."""

    id: str
    parent: str = MAIN
    call: str = ""
    called_at: int = 0
    type: str = ""
    description: str = ""
    model: str = ""
    status: AgentStatus | None = None
    status_at: int = 0
    started: int = 0
    ended: int = 0
    last_at: int = 0
    error: str = ""
    internal: bool = False
    context: Context = field(default_factory=Context)

    def learn(self, told: AgentUpdate) -> None:
        """Take over what is told; an empty field leaves what is known."""
        if told.call and not self.call:
            self.called_at = told.at
        for name in _FACTS:
            setattr(self, name, getattr(told, name) or getattr(self, name))
        self.started = told.started or self.started
        self.internal |= told.internal
        self._live(told)

    def answer(self, call: CallFinished) -> None:
        """Take the end of the call that started it for its own end, unless a source tells of that, or the agent was
        told of only after the call: then it goes on by itself."""
        if self.call == call.call and self.status is None and self.called_at <= call.at:
            self.status = AgentStatus.FAILED if call.state.failed else AgentStatus.COMPLETED
            self.ended = self.ended or call.at

    def _live(self, told: AgentUpdate) -> None:
        """The later status stands, of two at once the end; one that has ended may begin anew."""
        if told.status is None or (told.at, told.status in _OVER) < (self.status_at, self.status in _OVER):
            self.ended = self.ended or told.ended or 0
            return
        self.status, self.status_at = told.status, told.at
        self.ended = (told.ended or self.ended or told.at) if told.status in _OVER else 0
