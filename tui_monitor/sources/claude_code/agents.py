"""Which agent each line is of, and what is told of the agents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, CallFinished, CallState
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.files import meta_of, operation_of
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.results import OpenCall
from tui_monitor.sources.shared.fields import number, put_bounded, text

_MAX_AGENTS = 256
_MAX_LINES = 256
_SHORT = 8
_AGENT_ID = re.compile(r"^agentId: ([\w@-]+)", re.MULTILINE)
_STATUSES = {
    CallState.OK: AgentStatus.COMPLETED,
    CallState.BACKGROUND: AgentStatus.RUNNING,
    CallState.FAILED: AgentStatus.FAILED,
    CallState.SLIPPED: AgentStatus.FAILED,
    CallState.REJECTED: AgentStatus.TERMINATED,
    CallState.INTERRUPTED: AgentStatus.TERMINATED,
}


@dataclass(slots=True)
class Agents:
    """The agents told of, each with the call that asked for it (empty while it is not known), and the side chains that
    stand in the session's own file: there a line names its agent by its parent line alone."""

    calls: dict[str, str] = field(default_factory=dict)
    chains: dict[str, str] = field(default_factory=dict)
    chain: str = MAIN
    described: bool = False

    def of(self, record: Record, owner: str) -> str:
        """The agent of a record in the file of ``owner``."""
        if owner:
            return text(record.get("agentId")) or owner
        if record.get("isSidechain") is not True:
            return MAIN
        return text(record.get("agentId")) or self._chain_of(text(record.get("uuid")), text(record.get("parentUuid")))

    def appeared(self, line: Line, owner: str, call: str, asked: OpenCall | None) -> Iterator[AgentUpdate]:
        """An agent's first line. ``call`` is the one that asked for it, where that is known. A file of its own may be
        read when its end was told elsewhere, so it does not say that the agent runs."""
        agent = line.where["agent"]
        put_bounded(self.calls, agent, call, _MAX_AGENTS)
        yield AgentUpdate(
            **line.where,
            parent=MAIN if call else None,
            call=call,
            type=asked.note if asked else text(line.record.get("attributionAgent")),
            description=asked.subject if asked else "",
            status=None if owner else AgentStatus.RUNNING,
            started=line.where["at"],
            log_file=line.ref.path if owner else "",
            internal=bool(operation_of(agent)),
        )

    def describe(self, line: Line) -> Iterator[AgentUpdate]:
        """What stands beside the agent's file, as soon as it is there."""
        meta = None if self.described else meta_of(Path(line.ref.path))
        if meta:
            self.described = True
            yield AgentUpdate(
                **line.where,
                parent=MAIN if number(meta.get("spawnDepth")) == 1 else None,
                call=text(meta.get("toolUseId")),
                type=text(meta.get("agentType")),
                description=text(meta.get("description")),
            )

    def link(self, line: Line, agent: str, call: str, asked: OpenCall | None) -> Iterator[AgentUpdate]:
        """The asker's file names the agent that works on a call."""
        if agent and self.calls.get(agent) != call:
            put_bounded(self.calls, agent, call, _MAX_AGENTS)
            yield AgentUpdate(
                **line.of_agent(agent),
                parent=line.where["agent"],
                call=call,
                type=asked.note if asked else "",
                description=asked.subject if asked else "",
                status=AgentStatus.RUNNING,
            )

    def answered(self, line: Line, event: CallFinished, asked: OpenCall, structured: Record) -> Iterator[AgentUpdate]:
        """The call that asked for an agent was answered."""
        agent = text(structured.get("agentId")) or self.asked_by(event.call) or _named_in(event.output)
        if not agent:
            return
        put_bounded(self.calls, agent, event.call, _MAX_AGENTS)
        yield AgentUpdate(
            **line.of_agent(agent),
            parent=line.where["agent"],
            call=event.call,
            type=text(structured.get("agentType")) or asked.note,
            description=asked.subject,
            model=text(structured.get("resolvedModel")),
            status=_STATUSES[event.state],
            ended=line.where["at"] if event.state.ended else None,
            error=event.error,
        )

    def asked_by(self, call: str) -> str:
        """The agent that works on a call; empty while it is not known."""
        return next((agent for agent, asking in self.calls.items() if asking == call), "")

    def _chain_of(self, uuid: str, parent: str) -> str:
        """The side chain of a line, by its parent line; one without a parent begins a chain."""
        begins = not parent or not self.chain
        self.chain = uuid[:_SHORT] if begins else self.chains.get(parent, self.chain)
        put_bounded(self.chains, uuid, self.chain, _MAX_LINES)
        return self.chain


def _named_in(answer: str) -> str:
    """The agent in the last lines of an answer, which the program adds."""
    named: list[str] = _AGENT_ID.findall(answer)
    return named[-1] if named else ""
