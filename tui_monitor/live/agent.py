"""One agent of a session: its record, its context, and the end of the call that started it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_monitor.events import AgentStatus, ToolKind
from tui_monitor.live.context import Context
from tui_monitor.live.entries import Call
from tui_monitor.merge.agents import MergedAgent


@dataclass(slots=True)
class Agent(MergedAgent):
    """One agent of a session. ``call_end`` is the end of the call that started it: its id, its time, and True if it
    failed. ``process_gone`` is set when the process that its source states for it is known to have ended."""

    id: str
    context: Context = field(default_factory=Context)
    call_end: tuple[str, int, bool] | None = None
    process_gone: bool = False

    @property
    def status(self) -> AgentStatus | None:
        """Its status as its source reports it, else as its call ended; None while neither is known."""
        end = self._end_with_call()
        if end is None and self.process_gone and not self.has_ended:
            return AgentStatus.TERMINATED
        if end is None:
            return self.reported_status
        return AgentStatus.FAILED if end[2] else AgentStatus.COMPLETED

    @property
    def ended(self) -> int:
        """The end of its last run, 0 while it is at work."""
        end = self._end_with_call()
        return self.ended_at or (end[1] if end else 0) or (self.last_at if self.process_gone else 0)

    def follow(self, call: Call) -> None:
        """Take note of the state of the call that it names as the one that started it."""
        has_ended = call.kind is ToolKind.AGENT and call.state.ended
        self.call_end = (call.id, call.ended, call.state.failed) if has_ended else None

    def _end_with_call(self) -> tuple[str, int, bool] | None:
        """Return the end that it shares with its call; None if its source reports its status, or if it goes on: an
        agent that is first mentioned after its call has ended does."""
        end = self.call_end
        if self.reported_status or end is None or end[0] != self.call or self.called_at > end[1]:
            return None
        return end
