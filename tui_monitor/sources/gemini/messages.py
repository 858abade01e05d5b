"""The messages of a chat: prompts, responses with thoughts, tokens and calls, and the program's own messages.

A message is written again, whole, when its tokens or its calls are known. A call is in it only once it is over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CallStarted,
    CallState,
    ContextUpdate,
    Event,
    PlanUpdate,
    Prompt,
    Turn,
    TurnUpdate,
    Usage,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.gemini.lines import PROVIDER, SOURCE, WINDOW, GeminiLine, MessageDeduplicator, text_of
from tui_monitor.sources.gemini.tools import TODOS, call_outcome, call_request, proposed_changes
from tui_monitor.sources.gemini.usage import chat_counts
from tui_monitor.sources.shared.announcements import announces, introduces, is_english
from tui_monitor.sources.shared.fields import as_json, iso_to_epoch_ms, table, tables, text
from tui_monitor.sources.shared.proposals import proposal_of
from tui_monitor.sources.shared.tool_call import CallOutcome

SNAPSHOT = "<state_snapshot>"
"""Beginning of the summary of a compacted history."""

_NOT_PROMPTS = ("<session_context>", "<hook_context>", SNAPSHOT)
_COMMAND = re.compile(r"(?:/[\w:-]*|\?)(?:\s|\Z)")
_CANCELLED = ("request cancelled", "user cancelled")
_COMPLETE = "complete_task"
_FINAL_AFTER_MS = 5_000
"""Silence after which words without calls were likely the last of their turn: after them nothing is written but calls
that have run, most of which take no time."""


def read_message(message: Record, emitted: MessageDeduplicator, line: GeminiLine) -> Iterable[Event]:
    """Return the events of a message that have not been emitted yet.

    Raises:
        UnknownRecord: its type is unknown.
    """
    match message.get("type"):
        case "user":
            return _prompt(message, emitted, line)
        case "gemini":
            return _response(message, emitted, replace(line, model=text(message.get("model"))))
        case "error":
            return _turn_ended(Turn.FAILED, message, emitted, line)
        case "info" | "warning":
            is_cancelled = text_of(message.get("content")).lower().startswith(_CANCELLED)
            return _turn_ended(Turn.INTERRUPTED, message, emitted, line) if is_cancelled else ()
    raise UnknownRecord(f"message {message.get('type')}")


def is_response(message: Record) -> bool:
    """Return True for a response, but not for one that only repeats the history for a new model."""
    return message.get("type") == "gemini" and bool(message.get("tokens") or message.get("toolCalls"))


def _prompt(message: Record, emitted: MessageDeduplicator, line: GeminiLine) -> Iterator[Event]:
    content = (text_of(message.get("displayContent")) or text_of(message.get("content"))).strip()
    if not content or content.startswith(_NOT_PROMPTS) or _COMMAND.match(content):
        return
    if not emitted.is_new(str(message["id"]), "prompt"):
        return
    yield TurnUpdate(session=line.session, agent=line.agent, at=line.at, turn=Turn.STARTED)
    yield Prompt(session=line.session, agent=line.agent, at=line.at, text=content)


def _turn_ended(turn: Turn, message: Record, emitted: MessageDeduplicator, line: GeminiLine) -> Iterator[Event]:
    if emitted.is_new(str(message["id"]), "end"):
        reason = text_of(message.get("content"))
        yield TurnUpdate(session=line.session, agent=line.agent, at=line.at, turn=turn, reason=reason)


def _response(message: Record, emitted: MessageDeduplicator, line: GeminiLine) -> Iterator[Event]:
    uid = str(message["id"])
    for index, thought in enumerate(tables(message.get("thoughts"))):
        content = ": ".join(filter(None, (text(thought.get("subject")), text(thought.get("description")))))
        if content and emitted.is_new(uid, "thought", index):
            yield AgentMessage(session=line.session, agent=line.agent, at=line.at, text=content, thinking=True)
    content = text_of(message.get("content"))
    goes_on = _asks_for_calls(message, content)
    if content.strip() and emitted.is_new(uid, "text", content):
        yield _words(line, content, None if goes_on else _FINAL_AFTER_MS)
    if goes_on and emitted.is_new(uid, "asks"):
        yield _words(line, "", None)
    if counts := table(message.get("tokens")):
        yield from _usage(uid, counts, emitted, line)
    for call in tables(message.get("toolCalls")):
        yield from _call(uid, call, emitted, line)


def _words(line: GeminiLine, content: str, final_after_ms: int | None) -> AgentMessage:
    return AgentMessage(session=line.session, agent=line.agent, at=line.at, text=content, final_after_ms=final_after_ms)


def _asks_for_calls(message: Record, content: str) -> bool:
    """Return True for a response that has no words, or announces what it does next, and no calls yet: a chat records
    them once they are over."""
    is_open = not message.get("toolCalls") and any(chat_counts(table(message.get("tokens"))))
    return is_open and (not content.strip() or introduces(content) or (is_english(content) and announces(content)))


def _usage(message: str, record: Record, emitted: MessageDeduplicator, line: GeminiLine) -> Iterator[Event]:
    counts = chat_counts(record)
    if not any(counts) or not emitted.is_new(message, "tokens", counts):
        return
    yield Usage(
        session=line.session,
        agent=line.agent,
        at=line.at,
        strong_ids=(f"{SOURCE}:{line.agent or line.session.id}+{message}",),
        weak_ids=(counts.weak_id(line),),
        model=line.model,
        provider=PROVIDER,
        tokens=counts.tokens,
    )
    yield ContextUpdate(
        session=line.session, agent=line.agent, at=line.at, tokens=counts.input, limit=WINDOW, model=line.model
    )


def _call(message: str, call: Record, emitted: MessageDeduplicator, line: GeminiLine) -> Iterator[Event]:
    uid, name, arguments = str(call["id"]), str(call["name"]), table(call.get("args"))
    result = call_outcome(call)
    final = replace(line, at=iso_to_epoch_ms(call.get("timestamp")) or line.at)
    if not emitted.is_new(message, "call", uid, result.state if result else None):
        return
    agent = text(call.get("agentId"))
    request = call_request(name, arguments, agent)
    yield CallStarted(
        session=line.session,
        agent=line.agent,
        at=line.at,
        call=uid,
        uid=uid,
        tool=request.tool,
        kind=request.kind,
        subject=request.subject,
        note=request.note,
        input=as_json(arguments),
        model=line.model,
        proposal=proposal_of(request.kind, arguments, proposed_changes(name, arguments)),
        ref=line.ref,
    )
    if result:
        yield result.finished(uid, final.fields, final.ref)
    if agent and result:
        yield _agent(uid, agent, name, arguments, result, final)
    if name == TODOS:
        yield from _plan(arguments, final)
    if name == _COMPLETE and line.agent != MAIN and result and result.state is CallState.OK:
        yield _own_completion(final)


def _agent(call: str, agent: str, name: str, arguments: Record, result: CallOutcome, line: GeminiLine) -> AgentUpdate:
    """Return the update for the sub-agent of a call, which ends with it."""
    states = {CallState.OK: AgentStatus.COMPLETED, CallState.FAILED: AgentStatus.FAILED}
    return AgentUpdate(
        session=line.session,
        agent=agent,
        at=line.at,
        parent=line.agent,
        call=call,
        type=text(arguments.get("agent_name")) or name,
        description=text(arguments.get("prompt")) or text(arguments.get("objective")),
        status=states.get(result.state, AgentStatus.TERMINATED),
        ended=line.at,
    )


def _own_completion(line: GeminiLine) -> AgentUpdate:
    """Return the update for a sub-agent whose own chat says that its task is complete."""
    return AgentUpdate(session=line.session, agent=line.agent, at=line.at, status=AgentStatus.COMPLETED, ended=line.at)


def _plan(arguments: Record, line: GeminiLine) -> Iterator[Event]:
    steps = list(tables(arguments.get("todos")))
    completed = sum(step.get("status") == "completed" for step in steps)
    now = next((text(step.get("description")) for step in steps if step.get("status") == "in_progress"), "")
    yield PlanUpdate(session=line.session, agent=line.agent, at=line.at, completed=completed, total=len(steps), now=now)
