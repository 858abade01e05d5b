"""The messages of a chat: prompts, responses with their thoughts, tokens and calls, and what the program itself says.

A message is written again, whole, when its tokens or its calls are known. A call stands there when it is over; only
then is known that it was asked for.
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
    CallFinished,
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
from tui_monitor.sources.gemini.lines import PROVIDER, SOURCE, Line, Once, text_of
from tui_monitor.sources.gemini.tools import TODOS, asked, outcome
from tui_monitor.sources.gemini.usage import in_chat
from tui_monitor.sources.shared.fields import as_json, iso_to_epoch_ms, table, tables, text
from tui_monitor.sources.shared.tool_call import CallOutcome

SNAPSHOT = "<state_snapshot>"
"""What the summary of a compacted history begins with."""

_NO_PROMPTS = ("<session_context>", "<hook_context>", SNAPSHOT)
_COMMAND = re.compile(r"(?:/[\w:-]*|\?)(?:\s|\Z)")
_CANCELLED = ("request cancelled", "user cancelled")
_COMPLETE = "complete_task"


def tell(message: Record, once: Once, line: Line) -> Iterable[Event]:
    """What of a message has not been told yet.

    Raises:
        UnknownRecord: its type is not known.
    """
    match message.get("type"):
        case "user":
            return _prompt(message, once, line)
        case "gemini":
            return _response(message, once, replace(line, model=text(message.get("model"))))
        case "error":
            return _ended(Turn.FAILED, message, once, line)
        case "info" | "warning":
            cancelled = text_of(message.get("content")).lower().startswith(_CANCELLED)
            return _ended(Turn.INTERRUPTED, message, once, line) if cancelled else ()
    raise UnknownRecord(f"message {message.get('type')}")


def is_response(message: Record) -> bool:
    """Whether it tells of a response, and is not only what was said again to a new model."""
    return message.get("type") == "gemini" and bool(message.get("tokens") or message.get("toolCalls"))


def _prompt(message: Record, once: Once, line: Line) -> Iterator[Event]:
    words = (text_of(message.get("displayContent")) or text_of(message.get("content"))).strip()
    if not words or words.startswith(_NO_PROMPTS) or _COMMAND.match(words):
        return
    if not once.is_news(str(message["id"]), "prompt"):
        return
    yield TurnUpdate(session=line.session, agent=line.agent, at=line.at, turn=Turn.STARTED)
    yield Prompt(session=line.session, agent=line.agent, at=line.at, text=words)


def _ended(turn: Turn, message: Record, once: Once, line: Line) -> Iterator[Event]:
    if once.is_news(str(message["id"]), "end"):
        reason = text_of(message.get("content"))
        yield TurnUpdate(session=line.session, agent=line.agent, at=line.at, turn=turn, reason=reason)


def _response(message: Record, once: Once, line: Line) -> Iterator[Event]:
    uid = str(message["id"])
    for place, thought in enumerate(tables(message.get("thoughts"))):
        words = ": ".join(filter(None, (text(thought.get("subject")), text(thought.get("description")))))
        if words and once.is_news(uid, "thought", place):
            yield AgentMessage(session=line.session, agent=line.agent, at=line.at, text=words, thinking=True)
    words = text_of(message.get("content"))
    if words.strip() and once.is_news(uid, "said", words):
        yield AgentMessage(session=line.session, agent=line.agent, at=line.at, text=words)
    if told := table(message.get("tokens")):
        yield from _usage(uid, told, once, line)
    for call in tables(message.get("toolCalls")):
        yield from _call(uid, call, once, line)


def _usage(message: str, told: Record, once: Once, line: Line) -> Iterator[Event]:
    counts = in_chat(told)
    if not any(counts) or not once.is_news(message, "tokens", counts):
        return
    yield Usage(
        session=line.session,
        agent=line.agent,
        at=line.at,
        strong_ids=(f"{SOURCE}:{line.agent or line.session.id}+{message}",),
        weak_ids=(counts.name(line),),
        model=line.model,
        provider=PROVIDER,
        tokens=counts.tokens,
    )
    yield ContextUpdate(session=line.session, agent=line.agent, at=line.at, tokens=counts.input, model=line.model)


def _call(message: str, call: Record, once: Once, line: Line) -> Iterator[Event]:
    uid, name, given = str(call["id"]), str(call["name"]), table(call.get("args"))
    result = outcome(call)
    over = replace(line, at=iso_to_epoch_ms(call.get("timestamp")) or line.at)
    if not once.is_news(message, "call", uid, result.state if result else None):
        return
    agent = text(call.get("agentId"))
    told = asked(name, given, agent)
    yield CallStarted(
        session=line.session,
        agent=line.agent,
        at=line.at,
        call=uid,
        uid=uid,
        tool=told.tool,
        kind=told.kind,
        subject=told.subject,
        note=told.note,
        input=as_json(given),
        model=line.model,
        ref=line.ref,
    )
    if result:
        yield _finished(uid, result, over)
    if agent and result:
        yield _agent(uid, agent, name, given, result, over)
    if name == TODOS:
        yield from _plan(given, over)
    if name == _COMPLETE and line.agent != MAIN and result and result.state is CallState.OK:
        yield _itself(over)


def _finished(call: str, result: CallOutcome, line: Line) -> CallFinished:
    return CallFinished(
        session=line.session,
        agent=line.agent,
        at=line.at,
        call=call,
        state=result.state,
        output=result.output,
        error=result.error,
        exit_code=result.exit_code,
        measure=result.measure,
        changes=result.changes,
        ref=line.ref,
    )


def _agent(call: str, agent: str, name: str, given: Record, result: CallOutcome, line: Line) -> AgentUpdate:
    """The sub-agent that a call started, and that has ended with it."""
    states = {CallState.OK: AgentStatus.COMPLETED, CallState.FAILED: AgentStatus.FAILED}
    return AgentUpdate(
        session=line.session,
        agent=agent,
        at=line.at,
        parent=line.agent,
        call=call,
        type=text(given.get("agent_name")) or name,
        description=text(given.get("prompt")) or text(given.get("objective")),
        status=states.get(result.state, AgentStatus.TERMINATED),
        ended=line.at,
    )


def _itself(line: Line) -> AgentUpdate:
    """A sub-agent says in its own chat that it has done what it was to do."""
    return AgentUpdate(session=line.session, agent=line.agent, at=line.at, status=AgentStatus.COMPLETED, ended=line.at)


def _plan(given: Record, line: Line) -> Iterator[Event]:
    steps = list(tables(given.get("todos")))
    done = sum(step.get("status") == "completed" for step in steps)
    now = next((text(step.get("description")) for step in steps if step.get("status") == "in_progress"), "")
    yield PlanUpdate(session=line.session, agent=line.agent, at=line.at, done=done, total=len(steps), now=now)
