"""Agents of a session: the agent of each line, and facts about agents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, CallFinished, CallState
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.background import WORKFLOW
from tui_monitor.sources.claude_code.calls import OpenCall
from tui_monitor.sources.claude_code.files import operation_of, read_agent_metadata, workflow_of_file
from tui_monitor.sources.claude_code.line import ClaudeLine, transcript_model
from tui_monitor.sources.shared.fields import number, put_bounded, text

_MAX_AGENTS = 256
_MAX_LINES = 256
_SHORT_ID = 8
_AGENT_ID = re.compile(r"^agentId: ([\w@-]+)", re.MULTILINE)
_STATUSES = {
    CallState.OK: AgentStatus.COMPLETED,
    CallState.BACKGROUND: AgentStatus.RUNNING,
    CallState.FAILED: AgentStatus.FAILED,
    CallState.SLIPPED: AgentStatus.FAILED,
    CallState.REFUSED: AgentStatus.FAILED,
    CallState.SKIPPED: AgentStatus.TERMINATED,
    CallState.REJECTED: AgentStatus.TERMINATED,
    CallState.INTERRUPTED: AgentStatus.TERMINATED,
}


@dataclass(slots=True)
class AgentTracker:
    """The agents of a file, and the side chains in the session's own file.

    ``calls`` has the call that started each agent, empty while it is unknown. A line of a side chain names its agent
    only by its parent line: ``chains`` has the chain of recent lines, ``chain`` the present one. ``is_described`` is
    true once the metadata beside the agent's file has been read, ``is_over`` while the agent of the file has ended.
    ``teammates`` are agents by name, ``idle`` those that have nothing to do.
    """

    calls: dict[str, str] = field(default_factory=dict)
    chains: dict[str, str] = field(default_factory=dict)
    chain: str = MAIN
    is_described: bool = False
    is_over: bool = False
    teammates: dict[str, str] = field(default_factory=dict)
    idle: dict[str, None] = field(default_factory=dict)

    def agent_of(self, record: Record, owner: str) -> str:
        """Return the agent of a record in the file of ``owner``."""
        if owner:
            return text(record.get("agentId")) or owner
        if record.get("isSidechain") is not True:
            return MAIN
        return text(record.get("agentId")) or self._chain_of(text(record.get("uuid")), text(record.get("parentUuid")))

    def agent_of_call(self, call_id: str) -> str:
        """Return the agent that a call started; empty while it is unknown."""
        return next((agent for agent, started_by in self.calls.items() if started_by == call_id), "")

    def add(self, line: ClaudeLine, owner: str, call_id: str, call: OpenCall | None) -> Iterator[AgentUpdate]:
        """Add the agent of its first line, with the call that started it if it is known.

        An agent's own file may be read after another one has reported its end, so that the file says nothing of its
        status.
        """
        put_bounded(self.calls, line.agent, call_id, _MAX_AGENTS)
        yield AgentUpdate(
            **line.fields,
            parent=MAIN if call_id else None,
            call=call_id,
            type=call.note if call else text(line.record.get("attributionAgent")),
            description=call.subject if call else "",
            status=None if owner else AgentStatus.RUNNING,
            started=line.at,
            log_file=line.ref.path if owner else "",
            internal=bool(operation_of(line.agent)),
        )

    def describe(self, line: ClaudeLine) -> Iterator[AgentUpdate]:
        """Apply the metadata beside the agent's file as soon as it exists."""
        metadata = None if self.is_described else read_agent_metadata(Path(line.ref.path))
        if metadata:
            self.is_described = True
            parent = text(metadata.get("parentAgentId")) or workflow_of_file(Path(line.ref.path))
            is_child = number(metadata.get("spawnDepth")) == 1
            yield AgentUpdate(
                **line.fields,
                parent=parent or (MAIN if is_child else None),
                call=text(metadata.get("toolUseId")),
                type=text(metadata.get("agentType")),
                description=text(metadata.get("description")) or text(metadata.get("workflowPhase")),
                model=transcript_model(text(metadata.get("model"))),
            )

    def rest(self, line: ClaudeLine) -> Iterator[AgentUpdate]:
        """End the agent of the file, which has given its last answer and waits for no task."""
        self.is_over = True
        yield AgentUpdate(**line.fields, status=AgentStatus.COMPLETED, ended=line.at)

    def activity(self, line: ClaudeLine) -> Iterator[AgentUpdate]:
        """Let the agent of the file work again after its end."""
        if self.is_over:
            self.is_over = False
            yield AgentUpdate(**line.fields, status=AgentStatus.RUNNING, started=line.at)

    def spawn(self, line: ClaudeLine, agent: str, call: OpenCall, structured: Record) -> Iterator[AgentUpdate]:
        """Add a teammate, which works on for itself after the call that started it."""
        put_bounded(self.teammates, text(structured.get("name")) or agent.partition("@")[0], agent, _MAX_AGENTS)
        yield AgentUpdate(
            **line.fields_of(agent),
            parent=line.agent,
            type=text(structured.get("agent_type")) or call.note,
            description=text(structured.get("name")) or call.subject,
            status=AgentStatus.RUNNING,
            started=line.at,
        )

    def teammate_reports(self, line: ClaudeLine, name: str, *, is_idle: bool) -> Iterator[AgentUpdate]:
        """Apply a message of a teammate: one that is idle has ended, until it says something again."""
        agent = self.teammates.get(name, "")
        if not agent or is_idle is (agent in self.idle):
            return
        if is_idle:
            put_bounded(self.idle, agent, None, _MAX_AGENTS)
            yield AgentUpdate(**line.fields_of(agent), status=AgentStatus.COMPLETED, ended=line.at)
        else:
            del self.idle[agent]
            yield AgentUpdate(**line.fields_of(agent), status=AgentStatus.RUNNING, started=line.at)

    def launch_workflow(self, line: ClaudeLine, run: str, call_id: str, structured: Record) -> Iterator[AgentUpdate]:
        """Add an agent that stands for a workflow; its agents are the children."""
        yield AgentUpdate(
            **line.fields_of(run),
            parent=line.agent,
            call=call_id,
            type=WORKFLOW,
            description=text(structured.get("summary")) or text(structured.get("workflowName")),
            status=AgentStatus.RUNNING,
            started=line.at,
        )

    def link(self, line: ClaudeLine, agent: str, call_id: str, call: OpenCall | None) -> Iterator[AgentUpdate]:
        """Link an agent to the call that it works on, as the file of its parent says."""
        if agent and self.calls.get(agent) != call_id:
            put_bounded(self.calls, agent, call_id, _MAX_AGENTS)
            yield AgentUpdate(
                **line.fields_of(agent),
                parent=line.agent,
                call=call_id,
                type=call.note if call else "",
                description=call.subject if call else "",
                status=AgentStatus.RUNNING,
            )

    def finish(
        self, line: ClaudeLine, result: CallFinished, call: OpenCall, structured: Record
    ) -> Iterator[AgentUpdate]:
        """Apply the result of the call that started an agent."""
        agent = text(structured.get("agentId")) or self.agent_of_call(result.call) or _last_agent_id(result.output)
        if not agent:
            return
        put_bounded(self.calls, agent, result.call, _MAX_AGENTS)
        yield AgentUpdate(
            **line.fields_of(agent),
            parent=line.agent,
            call=result.call,
            type=text(structured.get("agentType")) or call.note,
            description=call.subject,
            model=text(structured.get("resolvedModel")),
            status=_STATUSES[result.state],
            ended=line.at if result.state.ended else None,
            error=result.error,
        )

    def _chain_of(self, uuid: str, parent: str) -> str:
        """Return the side chain of a line by its parent line; a line without a parent starts a chain."""
        starts = not parent or not self.chain
        self.chain = uuid[:_SHORT_ID] if starts else self.chains.get(parent, self.chain)
        put_bounded(self.chains, uuid, self.chain, _MAX_LINES)
        return self.chain


def _last_agent_id(output: str) -> str:
    """Return the agent in the last lines of a result, which the program adds."""
    ids: list[str] = _AGENT_ID.findall(output)
    return ids[-1] if ids else ""
