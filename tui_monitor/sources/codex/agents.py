"""Sub-agents of a Codex thread. Each is a thread, file and session of its own, which the parent's file names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, Event, Turn, TurnUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.lines import CodexLine, first_text
from tui_monitor.sources.codex.tools import decode_json
from tui_monitor.sources.shared.fields import table, tables, text

_STATUSES = {
    "pendinginit": AgentStatus.STARTING,
    "started": AgentStatus.STARTING,
    "running": AgentStatus.RUNNING,
    "interacted": AgentStatus.RUNNING,
    "completed": AgentStatus.COMPLETED,
    "errored": AgentStatus.FAILED,
    "interrupted": AgentStatus.TERMINATED,
    "shutdown": AgentStatus.TERMINATED,
}
_TURNS = {
    Turn.STARTED: AgentStatus.RUNNING,
    Turn.DONE: AgentStatus.COMPLETED,
    Turn.FAILED: AgentStatus.FAILED,
    Turn.INTERRUPTED: AgentStatus.TERMINATED,
}
_PUNCTUATION = re.compile(r"[^a-z]")
_ROOT = "/root/"
_SPAWN_ANSWER = '{"agent_id"'
_NOTICE = re.compile(r"<subagent_notification>\s*(\{.*\})\s*</subagent_notification>", re.DOTALL)
_THREAD = re.compile(r"[0-9a-f-]{36}")


def parent_thread(meta: Record) -> str:
    """Return the thread that spawned the one of this ``session_meta``; empty for a thread that a person started."""
    return first_text([meta.get("parent_thread_id"), _spawn(meta).get("parent_thread_id")])


def own_agent_updates(meta: Record, line: CodexLine) -> Iterator[Event]:
    """Yield the facts that a sub-agent's ``session_meta`` holds about itself."""
    source = meta.get("source")
    if not isinstance(source, dict) and not line.agent:
        return
    spawn, agents = _spawn(meta), table(source)
    agent = agents.get("subagent") or agents.get("internal") or source
    role = text(spawn.get("agent_role")) if spawn else first_text([agent, *table(agent)])
    name = _name(spawn.get("agent_nickname"), spawn.get("agent_path"))
    parent = None
    if line.agent:
        spawner = parent_thread(meta)
        parent = MAIN if spawner == line.session.id else spawner
    yield AgentUpdate(**line.fields, parent=parent, type=role, description=name)


def turn_updates(turn: TurnUpdate, line: CodexLine) -> Iterator[Event]:
    """Yield the status of a sub-agent at the beginning or end of one of its turns."""
    status = _TURNS.get(turn.turn)
    if line.agent and status:
        is_over = status is not AgentStatus.RUNNING
        error = turn.reason if status is AgentStatus.FAILED else ""
        yield AgentUpdate(**line.fields, status=status, ended=turn.at if is_over else None, error=error)


def spawn_updates(answer: object, line: CodexLine) -> Iterator[Event]:
    """Yield the new thread named in the answer to ``spawn_agent``."""
    if isinstance(answer, str) and answer.startswith(_SPAWN_ANSWER):
        reply = table(decode_json(answer))
        if thread := text(reply.get("agent_id")):
            yield from _agent_updates(thread, "started", line, text(reply.get("nickname")))


def notification_updates(message: Record, line: CodexLine) -> Iterator[Event]:
    """Yield the status of sub-agents from Codex's own messages to the model about agents that nobody waited for."""
    for part in tables(message.get("content")):
        if match := _NOTICE.fullmatch(text(part.get("text"))):
            notice = table(decode_json(match[1]))
            thread = text(notice.get("agent_path"))
            if _THREAD.fullmatch(thread):
                yield from _agent_updates(thread, notice.get("status"), line)


def activity_updates(payload: Record, line: CodexLine) -> Iterator[Event]:
    """Yield what an event or item says about other threads: spawned, waited for, closed or active."""
    names = _names(payload)
    for thread, status in _statuses(payload):
        nickname, role = names.get(thread, ("", ""))
        yield from _agent_updates(thread, status, line, nickname, role)


def _statuses(payload: Record) -> Iterator[tuple[str, object]]:
    for key in ("new_thread_id", "receiver_thread_id"):
        if thread := text(payload.get(key)):
            yield thread, payload.get("status")
    if thread := text(payload.get("agent_thread_id")):
        yield thread, payload.get("kind")
    for key in ("statuses", "agents_states"):
        yield from table(payload.get(key)).items()


def _names(payload: Record) -> dict[str, tuple[str, str]]:
    """Return nickname and role by thread."""
    names = {
        text(agent.get("thread_id")): (
            _name(agent.get("agent_nickname"), agent.get("agent_path")),
            text(agent.get("agent_role")),
        )
        for agent in tables(payload.get("receiver_agents"))
    }
    if thread := text(payload.get("new_thread_id")):
        name = first_text([payload.get("new_agent_nickname"), payload.get("prompt")])
        names[thread] = (name, text(payload.get("new_agent_role")))
    if thread := text(payload.get("agent_thread_id")):
        names[thread] = (_name("", payload.get("agent_path")), "")
    return names


def _agent_updates(
    thread: str, status: object, line: CodexLine, description: str = "", role: str = ""
) -> Iterator[AgentUpdate]:
    """Yield an update from ``status``: a word, or an object whose key is the word and whose value the last message."""
    if thread == line.session.id:  # a sub-agent's message to the main agent
        return
    state, message = next(iter(table(status).items()), (text(status), ""))
    agent_status = _STATUSES.get(_PUNCTUATION.sub("", state.lower()))
    is_over = agent_status in (AgentStatus.COMPLETED, AgentStatus.FAILED, AgentStatus.TERMINATED)
    yield AgentUpdate(
        session=line.session,
        agent=thread,
        at=line.at,
        parent=None if thread == line.agent else line.agent,
        type=role,
        description=description,
        status=agent_status,
        started=line.at if agent_status is AgentStatus.STARTING else None,
        ended=line.at if is_over else None,
        error=text(message) if agent_status is AgentStatus.FAILED else "",
    )


def _name(nickname: object, path: object) -> str:
    """Return the name of an agent: its path below the main agent, which names its task, or its nickname."""
    return text(path).removeprefix(_ROOT) or text(nickname)


def _spawn(meta: Record) -> Record:
    return table(table(table(meta.get("source")).get("subagent")).get("thread_spawn"))
