"""Sub-agents of a Codex thread. Each is a thread, file and session of its own, which the parent's file names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, Event
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
_PUNCTUATION = re.compile(r"[^a-z]")
_SPAWN_ANSWER = '{"agent_id"'
_NOTICE = re.compile(r"<subagent_notification>\s*(\{.*\})\s*</subagent_notification>", re.DOTALL)
_THREAD = re.compile(r"[0-9a-f-]{36}")


def parent_thread(meta: Record) -> str:
    """Return the thread that spawned the one of this ``session_meta``; empty for a thread that a person started."""
    return first_text([meta.get("parent_thread_id"), _spawn(meta).get("parent_thread_id")])


def own_agent_updates(meta: Record, line: CodexLine) -> Iterator[Event]:
    """Yield the facts that a sub-agent's ``session_meta`` holds about itself."""
    source = meta.get("source")
    if not isinstance(source, dict):
        return
    agent = source.get("subagent") or source.get("internal") or source
    role = first_text([_spawn(meta).get("agent_role"), agent, *(agent if isinstance(agent, dict) else ())])
    name = first_text([_spawn(meta).get("agent_nickname"), _spawn(meta).get("agent_path")])
    yield AgentUpdate(session=line.session, at=line.at, type=role, description=name)


def spawn_updates(answer: object, line: CodexLine) -> Iterator[Event]:
    """Yield the new thread named in the answer to ``spawn_agent``."""
    if isinstance(answer, str) and answer.startswith(_SPAWN_ANSWER):
        reply = table(decode_json(answer))
        if thread := text(reply.get("agent_id")):
            yield _agent_update(thread, "started", line, text(reply.get("nickname")))


def notification_updates(message: Record, line: CodexLine) -> Iterator[Event]:
    """Yield the status of sub-agents from Codex's own messages to the model about agents that nobody waited for."""
    for part in tables(message.get("content")):
        if match := _NOTICE.fullmatch(text(part.get("text"))):
            notice = table(decode_json(match[1]))
            thread = text(notice.get("agent_path"))
            if _THREAD.fullmatch(thread):
                yield _agent_update(thread, notice.get("status"), line)


def activity_updates(payload: Record, line: CodexLine) -> Iterator[Event]:
    """Yield what an event or item says about other threads: spawned, waited for, closed or active."""
    names = _names(payload)
    for thread, status in _statuses(payload):
        nickname, role = names.get(thread, ("", ""))
        yield _agent_update(thread, status, line, nickname, role)


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
        text(agent.get("thread_id")): (text(agent.get("agent_nickname")), text(agent.get("agent_role")))
        for agent in tables(payload.get("receiver_agents"))
    }
    if thread := text(payload.get("new_thread_id")):
        name = first_text([payload.get("new_agent_nickname"), payload.get("prompt")])
        names[thread] = (name, text(payload.get("new_agent_role")))
    if thread := text(payload.get("agent_thread_id")):
        names[thread] = (text(payload.get("agent_path")), "")
    return names


def _agent_update(thread: str, status: object, line: CodexLine, description: str = "", role: str = "") -> AgentUpdate:
    """Return an update from ``status``: a word, or an object whose key is the word and whose value the last message."""
    state, message = next(iter(table(status).items()), (text(status), ""))
    agent_status = _STATUSES.get(_PUNCTUATION.sub("", state.lower()))
    is_over = agent_status in (AgentStatus.COMPLETED, AgentStatus.FAILED, AgentStatus.TERMINATED)
    return AgentUpdate(
        session=line.session,
        agent=thread,
        at=line.at,
        parent=MAIN,
        type=role,
        description=description,
        status=agent_status,
        started=line.at if agent_status is AgentStatus.STARTING else None,
        ended=line.at if is_over else None,
        error=text(message) if agent_status is AgentStatus.FAILED else "",
    )


def _spawn(meta: Record) -> Record:
    return table(table(table(meta.get("source")).get("subagent")).get("thread_spawn"))
