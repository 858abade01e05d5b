"""The wire log of Kimi CLI: each line is ``{"timestamp", "message": {"type", "payload"}}``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import orjson

from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CompactionUpdate,
    ContextUpdate,
    Event,
    Prompt,
    RetryUpdate,
    SessionTotalUpdate,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.kimi.calls import KimiCalls
from tui_monitor.sources.kimi.line import content_text, id_of, thought
from tui_monitor.sources.kimi.usage import older_tokens, response
from tui_monitor.sources.shared.event_line import EventLine
from tui_monitor.sources.shared.fields import number, table, tables, text

_WITHOUT_EVENTS = (
    *("StepBegin", "HookTriggered", "HookResolved", "MCPLoadingBegin", "MCPLoadingEnd", "Notification", "PlanDisplay"),
    *("BtwBegin", "ToolCallPart", "ToolCallRequest", "HookRequest"),
)


def read_message(message: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    """Yield the events of a message.

    Raises:
        UnknownRecord: its type is unknown.
    """
    kind, payload = text(message.get("type")), table(message.get("payload"))
    reader = _READERS.get(kind)
    if reader:
        yield from reader(payload, line, calls)
    elif kind not in _WITHOUT_EVENTS:
        raise UnknownRecord(kind)


def _turn(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    if content := content_text(payload.get("user_input")).strip():
        yield TurnUpdate(**line.fields, turn=Turn.STARTED)
        yield Prompt(**line.fields, text=content)


def _turn_end(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    yield TurnUpdate(**line.fields, turn=Turn.DONE)
    if line.agent != MAIN:
        yield AgentUpdate(**line.fields, status=AgentStatus.COMPLETED, ended=line.at)


def _interrupted(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    yield TurnUpdate(**line.fields, turn=Turn.INTERRUPTED)


def _retry(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    wait = payload.get("wait_s")
    yield RetryUpdate(
        **line.fields,
        reason=text(payload.get("error_type")),
        attempt=number(payload.get("next_attempt")) or 0,
        attempts=number(payload.get("max_attempts")) or 0,
        wait_ms=number(wait * 1000) if isinstance(wait, int | float) else None,
        status=number(payload.get("status_code")),
    )


def _status(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    tokens = older_tokens(table(payload.get("token_usage")))
    if tokens.total:
        yield response(tokens, id_of(payload.get("message_id")), line)
    size = number(payload.get("context_tokens"))
    if size is not None or tokens.total:
        limit = number(payload.get("max_context_tokens")) or None
        yield ContextUpdate(**line.fields, tokens=tokens.total if size is None else size, limit=limit)


def _content(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    if content := thought(payload):
        yield AgentMessage(**line.fields, text=content, thinking=True)
    elif payload.get("type") == "text" and (content := text(payload.get("text")).strip()):
        yield AgentMessage(**line.fields, text=content)


def _call(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    function = table(payload.get("function"))
    yield from calls.start(id_of(payload["id"]), str(function["name"]), _arguments(function.get("arguments")), line)


def _result(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    result = table(payload.get("return_value")) or table(payload.get("result"))
    yield from calls.finish(id_of(payload["tool_call_id"]), result, line)


def _approval(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    reason = text(payload.get("description")) or text(payload.get("action"))
    yield from calls.wait(id_of(payload["id"]), id_of(payload.get("tool_call_id")), reason, line)


def _approved(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    yield from calls.stop_waiting(id_of(payload["request_id"]), line)


def _question(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    first: Record = next(tables(payload.get("questions")), {})
    yield from calls.wait(id_of(payload["id"]), id_of(payload.get("tool_call_id")), text(first.get("question")), line)


def _compaction_begin(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    yield CompactionUpdate(**line.fields, finished=False)


def _compaction_end(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    yield CompactionUpdate(**line.fields)
    yield ContextUpdate(**line.fields, tokens=None)
    yield from _unrecorded(payload, line, calls)


def _unrecorded(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    """Yield that a request was sent whose tokens are in no record."""
    yield SessionTotalUpdate(session=line.session, at=line.at, is_partial=True)


def _subagent(payload: Record, line: EventLine, calls: KimiCalls) -> Iterator[Event]:
    """Yield the event of a sub-agent. One with an id has a wire log of its own, with the same events."""
    call = id_of(payload.get("parent_tool_call_id")) or id_of(payload.get("task_tool_call_id"))
    own_id = id_of(payload.get("agent_id"))
    agent, event = own_id or call, table(payload.get("event"))
    owned = EventLine(line.session, agent, line.at, line.ref)
    if text(event.get("type")) == "TurnBegin" or not own_id:
        kind = text(payload.get("subagent_type"))
        yield AgentUpdate(**owned.fields, parent=line.agent, call=call, type=kind)
    if not own_id and agent:
        yield from read_message(event, owned, calls)


def _arguments(value: object) -> Record:
    """Return the arguments of a call, which are JSON text that the model wrote."""
    try:
        return table(orjson.loads(value)) if isinstance(value, str) and value else table(value)
    except orjson.JSONDecodeError:
        return {}


_Reader = Callable[[Record, EventLine, KimiCalls], Iterator[Event]]
_READERS: Mapping[str, _Reader] = {
    "TurnBegin": _turn,
    "SteerInput": _turn,
    "TurnEnd": _turn_end,
    "StepInterrupted": _interrupted,
    "StepRetry": _retry,
    "StatusUpdate": _status,
    "ContentPart": _content,
    "TextPart": _content,
    "ThinkPart": _content,
    "ToolCall": _call,
    "ToolResult": _result,
    "ApprovalRequest": _approval,
    "ApprovalResponse": _approved,
    "ApprovalRequestResolved": _approved,
    "QuestionRequest": _question,
    "CompactionBegin": _compaction_begin,
    "CompactionEnd": _compaction_end,
    "BtwEnd": _unrecorded,
    "SubagentEvent": _subagent,
}
