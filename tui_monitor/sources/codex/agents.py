"""Sub-agents of a Codex thread: each is a thread, file and session of its own, which the parent's file names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui_monitor.events import MAIN, AgentStatus, AgentUpdate, Event
from tui_monitor.sources.base import Record
from tui_monitor.sources.codex.lines import Line, first_text
from tui_monitor.sources.codex.tools import decoded
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
_SPAWNED = '{"agent_id"'
_NOTICE = re.compile(r"<subagent_notification>\s*(\{.*\})\s*</subagent_notification>", re.DOTALL)
_THREAD = re.compile(r"[0-9a-f-]{36}")


def parent(meta: Record) -> str:
    """The thread that spawned the one of this ``session_meta``; empty for a person's own."""
    return first_text([meta.get("parent_thread_id"), _spawn(meta).get("parent_thread_id")])


def itself(meta: Record, line: Line) -> Iterator[Event]:
    """What the file of a sub-agent tells of the agent that it is."""
    source = meta.get("source")
    if not isinstance(source, dict):
        return
    told = source.get("subagent") or source.get("internal") or source
    role = first_text([_spawn(meta).get("agent_role"), told, *(told if isinstance(told, dict) else ())])
    name = first_text([_spawn(meta).get("agent_nickname"), _spawn(meta).get("agent_path")])
    yield AgentUpdate(session=line.session, at=line.at, type=role, description=name)


def spawned(answer: object, line: Line) -> Iterator[Event]:
    """The answer to ``spawn_agent`` names the new thread."""
    if isinstance(answer, str) and answer.startswith(_SPAWNED):
        told = table(decoded(answer))
        if thread := text(told.get("agent_id")):
            yield _seen(thread, "started", line, text(told.get("nickname")))


def notified(message: Record, line: Line) -> Iterator[Event]:
    """A message that Codex itself wrote to the model tells what became of an agent that nobody waited for."""
    for part in tables(message.get("content")):
        if found := _NOTICE.fullmatch(text(part.get("text"))):
            told = table(decoded(found[1]))
            thread = text(told.get("agent_path"))
            if _THREAD.fullmatch(thread):
                yield _seen(thread, told.get("status"), line)


def of_event(payload: Record, line: Line) -> Iterator[Event]:
    """What an event or item tells of other threads: spawned, waited for, closed, or doing something."""
    names = _names(payload)
    for thread, status in _statuses(payload):
        nickname, role = names.get(thread, ("", ""))
        yield _seen(thread, status, line, nickname, role)


def _statuses(payload: Record) -> Iterator[tuple[str, object]]:
    for key in ("new_thread_id", "receiver_thread_id"):
        if thread := text(payload.get(key)):
            yield thread, payload.get("status")
    if thread := text(payload.get("agent_thread_id")):
        yield thread, payload.get("kind")
    for key in ("statuses", "agents_states"):
        yield from table(payload.get(key)).items()


def _names(payload: Record) -> dict[str, tuple[str, str]]:
    """Nickname and role by thread."""
    told = {
        text(agent.get("thread_id")): (text(agent.get("agent_nickname")), text(agent.get("agent_role")))
        for agent in tables(payload.get("receiver_agents"))
    }
    if thread := text(payload.get("new_thread_id")):
        name = first_text([payload.get("new_agent_nickname"), payload.get("prompt")])
        told[thread] = (name, text(payload.get("new_agent_role")))
    if thread := text(payload.get("agent_thread_id")):
        told[thread] = (text(payload.get("agent_path")), "")
    return told


def _seen(thread: str, status: object, line: Line, description: str = "", role: str = "") -> AgentUpdate:
    """``status`` is a word, or an object of one word with what the agent said last."""
    word, said = next(iter(table(status).items()), (text(status), ""))
    known = _STATUSES.get(_PUNCTUATION.sub("", word.lower()))
    over = known in (AgentStatus.COMPLETED, AgentStatus.FAILED, AgentStatus.TERMINATED)
    return AgentUpdate(
        session=line.session,
        agent=thread,
        at=line.at,
        parent=MAIN,
        type=role,
        description=description,
        status=known,
        started=line.at if known is AgentStatus.STARTING else None,
        ended=line.at if over else None,
        error=text(said) if known is AgentStatus.FAILED else "",
    )


def _spawn(meta: Record) -> Record:
    return table(table(table(meta.get("source")).get("subagent")).get("thread_spawn"))
