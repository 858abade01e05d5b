"""The wire log of Kimi Code: each line is a record ``{"type", …, "time"}``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CompactionUpdate,
    ContextUpdate,
    Event,
    ModelRequest,
    Prompt,
    RetryUpdate,
    SessionUpdate,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.kimi.calls import KimiCalls
from tui_monitor.sources.kimi.line import content_text, id_of, thought
from tui_monitor.sources.kimi.usage import newer_tokens, response
from tui_monitor.sources.shared.event_line import EventLine
from tui_monitor.sources.shared.fields import number, table, tables, text

_FAMILIES = frozenset(
    (
        *("agent", "config", "context", "cron", "file_history", "full_compaction", "goal", "hook", "interaction"),
        *("interruptionReminder", "llm", "mcp", "permission", "plan", "plan_mode", "plugin", "plugin_command"),
        *("profile", "prompt", "runtime", "shell", "skill", "step", "subagent", "swarm_mode", "task"),
        *("token_counting", "tool", "tools", "tower", "tower_mode", "turn", "usage"),
    )
)
_OTHERS = ("error", "forked", "warning")
_TURNS = {
    "completed": Turn.DONE,
    "cancelled": Turn.INTERRUPTED,
    "failed": Turn.FAILED,
    "blocked": Turn.FAILED,
}
_STATUSES = {
    "subagent.completed": AgentStatus.COMPLETED,
    "subagent.failed": AgentStatus.FAILED,
    "subagent.cancelled": AgentStatus.TERMINATED,
}
_USER_SLASH = "user-slash"


class NewerLog:
    """Reads records; ``request`` is the kind of the last request to the model, ``model`` its model."""

    def __init__(self, calls: KimiCalls, request: str, model: str) -> None:
        """Continue with these open ``calls`` and this last request."""
        self._calls = calls
        self.request = request
        self.model = model

    def read(self, record: Record, line: EventLine) -> Iterator[Event]:
        """Yield the events of a record.

        Raises:
            UnknownRecord: its type is unknown.
        """
        kind = text(record.get("type"))
        reader = _READERS.get(kind)
        if reader:
            yield from reader(self, record, line)
        elif kind.partition(".")[0] not in _FAMILIES and kind not in _OTHERS:
            raise UnknownRecord(kind)

    def _prompt(self, record: Record, line: EventLine) -> Iterator[Event]:
        origin = table(record.get("origin"))
        is_typed = origin.get("kind") in (None, "user") or origin.get("trigger") == _USER_SLASH
        content = content_text(record.get("input")).strip()
        if content and (is_typed or line.agent != MAIN):
            yield TurnUpdate(**line.fields, turn=Turn.STARTED)
            yield Prompt(**line.fields, text=content)

    def _turn_ended(self, record: Record, line: EventLine) -> Iterator[Event]:
        error = table(record.get("error"))
        yield TurnUpdate(
            **line.fields,
            turn=_TURNS.get(text(record.get("reason")), Turn.DONE),
            duration_ms=number(record.get("durationMs")),
            reason=text(error.get("message")),
        )

    def _request(self, record: Record, line: EventLine) -> Iterator[Event]:
        self.request, self.model = id_of(record.get("kind")), id_of(record.get("model"))
        yield ModelRequest(
            **line.fields,
            request=f"{id_of(record.get('turnStep'))}@{line.at}",
            model=self.model,
            operation="compact" if self.request == "compaction" else "",
            effort=id_of(record.get("thinkingEffort")),
        )

    def _usage(self, record: Record, line: EventLine) -> Iterator[Event]:
        tokens = newer_tokens(table(record.get("usage")))
        if tokens.total:
            model = text(record.get("model")).rpartition("/")[2] or self.model
            operation = "compact" if self.request == "compaction" else ""
            yield response(tokens, "", line, self.model or model, operation)

    def _loop_event(self, record: Record, line: EventLine) -> Iterator[Event]:
        event = table(record.get("event"))
        match event.get("type"):
            case "content.part":
                yield from _content(table(event.get("part")), line)
            case "tool.call":
                call, arguments = id_of(event["toolCallId"]), table(event.get("args"))
                yield from self._calls.start(call, str(event["name"]), arguments, line)
            case "tool.result":
                yield from self._calls.finish(id_of(event["toolCallId"]), table(event.get("result")), line)
            case "step.end" if size := newer_tokens(table(event.get("usage"))).total:
                yield ContextUpdate(**line.fields, tokens=size, model=self.model)

    def _retrying(self, record: Record, line: EventLine) -> Iterator[Event]:
        yield RetryUpdate(
            **line.fields,
            reason=text(record.get("errorMessage")) or text(record.get("errorName")),
            attempt=number(record.get("nextAttempt")) or 0,
            attempts=number(record.get("maxAttempts")) or 0,
            wait_ms=number(record.get("delayMs")),
            status=number(record.get("statusCode")),
        )

    def _interaction(self, record: Record, line: EventLine) -> Iterator[Event]:
        request = table(record.get("request"))
        question: Record = next(tables(request.get("questions")), {})
        reason = text(question.get("question")) or text(request.get("description")) or text(request.get("action"))
        kind = text(record.get("kind"))
        if kind in ("approval", "question"):
            yield from self._calls.wait(id_of(record["id"]), id_of(record.get("toolCallId")), reason or kind, line)

    def _answered(self, record: Record, line: EventLine) -> Iterator[Event]:
        yield from self._calls.stop_waiting(id_of(record["id"]), line)

    def _compaction_begin(self, record: Record, line: EventLine) -> Iterator[Event]:
        yield CompactionUpdate(**line.fields, finished=False, trigger=text(record.get("source")))

    def _compacted(self, record: Record, line: EventLine) -> Iterator[Event]:
        before, after = number(record.get("tokensBefore")), number(record.get("tokensAfter"))
        yield CompactionUpdate(**line.fields, before=before, after=after)
        yield ContextUpdate(**line.fields, tokens=after)

    def _cleared(self, record: Record, line: EventLine) -> Iterator[Event]:
        yield ContextUpdate(**line.fields, tokens=None)

    def _mode(self, record: Record, line: EventLine) -> Iterator[Event]:
        if line.agent == MAIN and (mode := id_of(record.get("mode"))):
            yield SessionUpdate(session=line.session, at=line.at, mode=mode)

    def _spawned(self, record: Record, line: EventLine) -> Iterator[Event]:
        parent = id_of(record.get("parentAgentId")) or id_of(record.get("callerAgentId"))
        yield AgentUpdate(
            session=line.session,
            agent=id_of(record["subagentId"]),
            at=line.at,
            parent=line.agent if parent in ("", "main") else parent,
            call=id_of(record.get("parentToolCallId")),
            type=text(record.get("subagentName")),
            description=text(record.get("description")),
            model=text(record.get("model")),
            status=AgentStatus.RUNNING,
            started=line.at,
        )

    def _agent_ended(self, record: Record, line: EventLine) -> Iterator[Event]:
        yield AgentUpdate(
            session=line.session,
            agent=id_of(record["subagentId"]),
            at=line.at,
            status=_STATUSES[record["type"]],
            ended=line.at,
            error=text(record.get("error")),
        )


def _content(part: Record, line: EventLine) -> Iterator[Event]:
    if content := thought(part):
        yield AgentMessage(**line.fields, text=content, thinking=True)
    elif part.get("type") == "text" and (content := text(part.get("text")).strip()):
        yield AgentMessage(**line.fields, text=content)


_Reader = Callable[[NewerLog, Record, EventLine], Iterator[Event]]
_READERS: Mapping[str, _Reader] = {
    "turn.prompt": NewerLog._prompt,
    "turn.steer": NewerLog._prompt,
    "turn.ended": NewerLog._turn_ended,
    "turn.step.retrying": NewerLog._retrying,
    "llm.request": NewerLog._request,
    "usage.record": NewerLog._usage,
    "context.append_loop_event": NewerLog._loop_event,
    "context.apply_compaction": NewerLog._compacted,
    "context.clear": NewerLog._cleared,
    "context.undo": NewerLog._cleared,
    "full_compaction.begin": NewerLog._compaction_begin,
    "interaction.request": NewerLog._interaction,
    "interaction.resolved": NewerLog._answered,
    "permission.set_mode": NewerLog._mode,
    "subagent.spawned": NewerLog._spawned,
    "subagent.completed": NewerLog._agent_ended,
    "subagent.failed": NewerLog._agent_ended,
    "subagent.cancelled": NewerLog._agent_ended,
}
