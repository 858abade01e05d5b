"""The events of a session: each line is an event with an envelope (type, id, time) and its data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CallStarted,
    CompactionUpdate,
    ContextUpdate,
    Event,
    ModelRequest,
    Prompt,
    RetryUpdate,
    SessionKey,
    SessionTotalUpdate,
    SessionUpdate,
    SourceRef,
    Turn,
    TurnUpdate,
    WaitUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.copilot import usage
from tui_monitor.sources.copilot.files import session_named
from tui_monitor.sources.copilot.line import SOURCE
from tui_monitor.sources.copilot.tools import call_outcome, call_request, needed_arguments
from tui_monitor.sources.shared.event_line import EventLine
from tui_monitor.sources.shared.fields import (
    as_json,
    iso_to_epoch_ms,
    number,
    path_text,
    put_bounded,
    table,
    tables,
    text,
)
from tui_monitor.sources.shared.open_calls import OpenCalls
from tui_monitor.sources.shared.proposals import proposal_of
from tui_monitor.sources.shared.response_fingerprint import ResponseFingerprints

_MAX_LENGTH = 4096
_MAX_ID = 200
_MAX_WAITS = 64
_FAMILIES = ("session", "assistant", "user", "tool", "subagent", "permission", "abort", "hook", "system", "model")
_ASKED_FOR = ("fullCommandText", "fileName", "path", "url", "toolTitle", "toolName", "intention")
"""What permission is asked for, the fact before what the agent says of it."""
_LIMITS = ("rate_limit", "quota", "quota_exceeded", "session_quota_exceeded")


class CopilotParser:
    """Turns the events of one session; ``state`` is the saved state."""

    def __init__(self, path: Path, state: str) -> None:
        saved: dict[str, Any] = orjson.loads(state) if state else {}
        self._path = path
        self._session = SessionKey(SOURCE, saved.get("id") or session_named(path))
        self._last_at: int = saved.get("last_at", 0)
        self._limit: int | None = saved.get("limit")
        self._agents: dict[str, str] = saved.get("agents", {})
        self._waits: dict[str, str] = saved.get("waits", {})
        self._fingerprints = ResponseFingerprints(saved.get("fingerprints", {}))
        self._calls: OpenCalls[Record] = OpenCalls(saved.get("open"), saved.get("answered"))

    def state(self) -> str:
        """Return the state as JSON text."""
        parts = {
            "id": self._session.id,
            "last_at": self._last_at,
            "limit": self._limit,
            "agents": self._agents,
            "waits": self._waits,
            "fingerprints": self._fingerprints.names,
            **self._calls.state(),
        }
        return orjson.dumps(parts).decode()

    def parse(self, record: Record, ref: SourceRef) -> Iterable[Event]:
        """Return the events of one line (see `base.Parser`)."""
        kind = text(record.get("type"))
        if kind.partition(".")[0] not in _FAMILIES:
            raise UnknownRecord(kind)
        data, reader = table(record.get("data")), _READERS.get(kind)
        self._last_at = iso_to_epoch_ms(record.get("timestamp")) or self._last_at
        agent = (text(record.get("agentId")) or text(data.get("parentToolCallId")))[:_MAX_ID]
        line = EventLine(self._session, agent, self._last_at, ref)
        return reader(self, data, line, record) if reader else ()

    def _start(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        if session := text(data.get("sessionId")):
            self._session = self._session._replace(id=session[:_MAX_LENGTH])
        context = table(data.get("context"))
        yield SessionUpdate(
            session=self._session,
            at=line.at,
            cwd=text(context.get("cwd"))[:_MAX_LENGTH],
            branch=text(context.get("branch"))[:_MAX_LENGTH],
            version=text(data.get("copilotVersion"))[:_MAX_LENGTH],
            path=path_text(self._path),
        )
        # What was sent to the model is in no event before the last one.
        yield SessionTotalUpdate(session=self._session, at=line.at, is_partial=True)

    def _context(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        cwd, branch = text(data.get("cwd"))[:_MAX_LENGTH], text(data.get("branch"))[:_MAX_LENGTH]
        yield SessionUpdate(session=line.session, at=line.at, cwd=cwd, branch=branch)

    def _title(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        yield SessionUpdate(session=line.session, at=line.at, title=text(data.get("title"))[:_MAX_LENGTH])

    def _mode(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        yield SessionUpdate(session=line.session, at=line.at, mode=text(data.get("newMode"))[:_MAX_LENGTH])

    def _user(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        content, source = text(data.get("content")).strip(), text(data.get("source"))
        if content and source in ("", "user"):
            yield TurnUpdate(**line.fields, turn=Turn.STARTED)
            yield Prompt(**line.fields, text=content)

    def _turn_start(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        request = f"{text(data.get('interactionId'))}/{text(data.get('turnId'))}"[:_MAX_ID]
        yield ModelRequest(**line.fields, request=request, model=text(data.get("model")))

    def _message(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        yield from usage.message_usage(data, line, self._fingerprints)
        if thought := text(data.get("reasoningText")).strip():
            yield AgentMessage(**line.fields, text=thought, thinking=True)
        if content := text(data.get("content")).strip():
            yield AgentMessage(**line.fields, text=content)
        if line.agent == MAIN and not list(tables(data.get("toolRequests"))) and content:
            yield TurnUpdate(**line.fields, turn=Turn.DONE)

    def _tool_start(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        call, request = str(data["toolCallId"])[:_MAX_ID], call_request(data)
        if not self._calls.add(call, needed_arguments(data)):
            return
        arguments = table(data.get("arguments"))
        yield CallStarted(
            **line.fields,
            call=call,
            uid=f"{line.session.id}/{call}",
            tool=request.tool,
            kind=request.kind,
            subject=request.subject,
            note=request.note,
            input=as_json(arguments),
            proposal=proposal_of(request.kind, arguments),
            model=text(data.get("model")),
            ref=line.ref,
        )

    def _tool_complete(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        call = str(data["toolCallId"])[:_MAX_ID]
        if self._calls.is_answered(call):
            return
        outcome = call_outcome(data, self._calls.answer(call) or {})
        yield outcome.finished(call, line.fields, line.ref)

    def _agent_started(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        call = str(data["toolCallId"])[:_MAX_ID]
        put_bounded(self._agents, call, line.agent or call, _MAX_WAITS)
        yield AgentUpdate(
            session=line.session,
            agent=self._agents[call],
            at=line.at,
            parent=MAIN,
            call=call,
            type=text(data.get("agentName")),
            description=text(data.get("agentDisplayName")),
            model=text(data.get("model")),
            status=AgentStatus.RUNNING,
            started=line.at,
        )

    def _agent_ended(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        call = str(data["toolCallId"])[:_MAX_ID]
        status = AgentStatus.FAILED if record["type"] == "subagent.failed" else AgentStatus.COMPLETED
        yield AgentUpdate(
            session=line.session,
            agent=self._agents.pop(call, line.agent or call),
            at=line.at,
            call=call,
            type=text(data.get("agentName")),
            status=AgentStatus.TERMINATED if data.get("cancelled") is True else status,
            ended=line.at,
            error=text(data.get("error")),
        )

    def _permission(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        if data.get("resolvedByHook") is True:
            return
        request = table(data.get("permissionRequest"))
        call = text(request.get("toolCallId"))[:_MAX_ID]
        put_bounded(self._waits, str(data["requestId"])[:_MAX_ID], call, _MAX_WAITS)
        yield WaitUpdate(**line.fields, waiting=True, reason=_asked_for(request), call=call)

    def _permitted(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        call = self._waits.pop(str(data["requestId"])[:_MAX_ID], None)
        if call is not None:
            yield WaitUpdate(**line.fields, waiting=False, call=call)

    def _error(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        kinds = (text(data.get("errorType")), text(data.get("errorCode")))
        yield RetryUpdate(
            **line.fields,
            reason=text(data.get("message")),
            status=number(data.get("statusCode")),
            is_rate_limit=any(kind in _LIMITS for kind in kinds),
        )

    def _abort(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        yield TurnUpdate(**line.fields, turn=Turn.INTERRUPTED, reason=text(data.get("reason")))

    def _done(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        turn = Turn.INTERRUPTED if data.get("aborted") is True else Turn.DONE
        yield TurnUpdate(session=line.session, at=line.at, turn=turn)

    def _usage_record(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        self._limit = number(table(data.get("usage")).get("maxPromptTokens")) or self._limit
        for response in usage.recorded_usage(str(record["id"]), data, line, self._fingerprints):
            yield response
            yield ContextUpdate(**line.fields, tokens=response.tokens.prompt, limit=self._limit, model=response.model)

    def _usage_info(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        self._limit = number(data.get("tokenLimit")) or self._limit
        size = number(data.get("currentTokens"))
        if size is not None:
            yield ContextUpdate(**line.fields, tokens=size, limit=self._limit)

    def _compaction_start(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        yield CompactionUpdate(**line.fields, finished=False, trigger=text(data.get("trigger")))
        yield from self._usage_info(data, line, record)

    def _compaction(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        yield from usage.compaction_usage(str(record["id"]), data, line, self._fingerprints)
        if data.get("success") is not True:
            return
        before, after = number(data.get("preCompactionTokens")), number(data.get("postCompactionTokens"))
        self._limit = number(data.get("tokenLimit")) or self._limit
        trigger = text(data.get("trigger"))
        yield CompactionUpdate(**line.fields, trigger=trigger, before=before, after=after)
        yield ContextUpdate(**line.fields, tokens=after, limit=self._limit)

    def _shutdown(self, data: Record, line: EventLine, record: Record) -> Iterator[Event]:
        yield from usage.session_total(data, line)
        if size := number(data.get("currentTokens")):
            model = text(data.get("currentModel"))
            yield ContextUpdate(**line.fields, tokens=size, limit=self._limit, model=model)
        yield TurnUpdate(**line.fields, turn=Turn.SESSION_ENDED, reason=text(data.get("errorReason")))


_Reader = Callable[[CopilotParser, Record, EventLine, Record], Iterator[Event]]


def _asked_for(request: Record) -> str:
    return next((asked for name in _ASKED_FOR if (asked := text(request.get(name)))), "permission")


_READERS: Mapping[str, _Reader] = {
    "session.start": CopilotParser._start,
    "session.context_changed": CopilotParser._context,
    "session.title_changed": CopilotParser._title,
    "session.mode_changed": CopilotParser._mode,
    "session.error": CopilotParser._error,
    "session.idle": CopilotParser._done,
    "session.usage_info": CopilotParser._usage_info,
    "session.usage_record": CopilotParser._usage_record,
    "session.compaction_start": CopilotParser._compaction_start,
    "session.compaction_complete": CopilotParser._compaction,
    "session.shutdown": CopilotParser._shutdown,
    "user.message": CopilotParser._user,
    "assistant.turn_start": CopilotParser._turn_start,
    "assistant.message": CopilotParser._message,
    "tool.execution_start": CopilotParser._tool_start,
    "tool.execution_complete": CopilotParser._tool_complete,
    "subagent.started": CopilotParser._agent_started,
    "subagent.completed": CopilotParser._agent_ended,
    "subagent.failed": CopilotParser._agent_ended,
    "permission.requested": CopilotParser._permission,
    "permission.completed": CopilotParser._permitted,
    "abort": CopilotParser._abort,
}
