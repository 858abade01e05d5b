"""The messages of a session: prompts, responses with their calls, results, and the system prompt."""

from __future__ import annotations

from collections.abc import Iterator

from tui_monitor.events import (
    MAIN,
    AgentMessage,
    AgentStatus,
    AgentUpdate,
    CallFinished,
    CallStarted,
    CallState,
    ContextPart,
    Event,
    Prompt,
    RetryUpdate,
    Turn,
    TurnUpdate,
)
from tui_monitor.sources.base import Record, UnknownRecord
from tui_monitor.sources.pi.tools import call_outcome, call_request, content_text, needed_arguments
from tui_monitor.sources.pi.usage import PiSpending, response_usage, usage_of
from tui_monitor.sources.shared.event_line import EventLine
from tui_monitor.sources.shared.fields import as_json, number, table, tables, text, to_epoch_ms
from tui_monitor.sources.shared.model_windows import ModelWindows
from tui_monitor.sources.shared.open_calls import OpenCalls
from tui_monitor.sources.shared.proposals import proposal_of

_WITHOUT_EVENTS = (
    "bashExecution",
    "branchSummary",
    "compactionSummary",
    "custom",
    "developer",
    "fileMention",
    "hookMessage",
    "pythonExecution",
)
_DONE = ("stop", "length")
_MAX_ID = 200


class PiMessages:
    """Reads messages; ``calls`` are the open calls with the arguments that their results need."""

    def __init__(self, calls: OpenCalls[Record], windows: ModelWindows, counts_nested: bool) -> None:
        """Begin with open ``calls``; ``counts_nested``: usage inside a call is in no other file."""
        self._calls = calls
        self._windows = windows
        self._counts_nested = counts_nested

    def read(self, message: Record, line: EventLine, tiers: dict[str, str]) -> Iterator[Event]:
        """Yield the events of a message.

        Raises:
            UnknownRecord: its role is unknown.
        """
        match message.get("role"):
            case "user":
                yield from _prompt(message, line)
            case "assistant":
                yield from self._response(message, line, tiers)
            case "toolResult":
                yield from self._result(message, line)
            case "system":
                yield from _system(message, line)
            case role if role not in _WITHOUT_EVENTS:
                raise UnknownRecord(f"message of {role}")

    def _response(self, message: Record, line: EventLine, tiers: dict[str, str]) -> Iterator[Event]:
        yield from response_usage(message, line, tiers, self._windows)
        stop = text(message.get("stopReason"))
        for block in tables(message.get("content")):
            yield from self._block(block, message, line, stop)
        yield from _ending(stop, text(message.get("errorMessage")), line)

    def _block(self, block: Record, message: Record, line: EventLine, stop: str) -> Iterator[Event]:
        match block.get("type"):
            case "text" if content := text(block.get("text")).strip():
                yield AgentMessage(**line.fields, text=content)
            case "thinking" if content := text(block.get("thinking")).strip():
                yield AgentMessage(**line.fields, text=content, thinking=True)
            case "toolCall" if stop != _FAILED:  # a response that failed runs none of its calls
                yield from self._call(block, message, line, stop)

    def _call(self, block: Record, message: Record, line: EventLine, stop: str) -> Iterator[Event]:
        call, arguments = str(block["id"])[:_MAX_ID], table(block.get("arguments"))
        request = call_request(str(block["name"]), arguments)
        if not self._calls.add(call, needed_arguments(arguments)):
            return
        yield CallStarted(
            **line.fields,
            call=call,
            uid=f"{to_epoch_ms(message.get('timestamp')) or line.at}/{call}",
            tool=request.tool,
            kind=request.kind,
            subject=request.subject,
            note=request.note,
            input=as_json(arguments),
            model=text(message.get("model")),
            timeout_ms=_timeout_ms(arguments),
            proposal=proposal_of(request.kind, arguments),
            ref=line.ref,
        )
        if stop == _ABORTED:  # the response ended before the call could run
            self._calls.answer(call)
            error = text(message.get("errorMessage"))
            yield CallFinished(**line.fields, call=call, state=CallState.INTERRUPTED, error=error)

    def _result(self, message: Record, line: EventLine) -> Iterator[Event]:
        call = str(message["toolCallId"])[:_MAX_ID]
        if self._calls.is_answered(call):
            return
        outcome = call_outcome(message, self._calls.answer(call) or {})
        yield outcome.finished(call, line.fields, line.ref, number(message.get("durationMs")))
        if self._counts_nested:
            yield from _nested(message, call, line)


_ABORTED, _FAILED = "aborted", "error"
_STATUSES = {
    "completed": AgentStatus.COMPLETED,
    "failed": AgentStatus.FAILED,
    "aborted": AgentStatus.TERMINATED,
}


def _prompt(message: Record, line: EventLine) -> Iterator[Event]:
    if content := content_text(message.get("content")).strip():
        yield TurnUpdate(**line.fields, turn=Turn.STARTED)
        yield Prompt(**line.fields, text=content)


def _ending(stop: str, error: str, line: EventLine) -> Iterator[Event]:
    """Yield the end of a turn, and of a sub-agent with it. A failed request may be repeated without a word of it."""
    if stop == "error":
        yield RetryUpdate(**line.fields, reason=error)
    elif stop == "aborted":
        yield TurnUpdate(**line.fields, turn=Turn.INTERRUPTED)
    elif stop in _DONE:
        yield TurnUpdate(**line.fields, turn=Turn.DONE)
    if line.agent != MAIN and (stop in _DONE or stop == "aborted"):
        status = AgentStatus.COMPLETED if stop in _DONE else AgentStatus.TERMINATED
        yield AgentUpdate(**line.fields, status=status, ended=line.at)


def _system(message: Record, line: EventLine) -> Iterator[Event]:
    """Yield the parts of the first request: later messages only name what has changed."""
    tools, sections = list(tables(message.get("toolsAdded"))), table(message.get("sections"))
    if not tools or not (sections or message.get("content")):
        return
    chars = len(content_text(message.get("content"))) + sum(len(text(section)) for section in sections.values())
    yield ContextPart(**line.fields, name="system prompt", chars=chars)
    yield ContextPart(**line.fields, name="tools", chars=sum(len(as_json(tool)) for tool in tools), items=len(tools))


def _nested(message: Record, call: str, line: EventLine) -> Iterator[Event]:
    """Yield the responses inside a call, and the agents that an extension ran for it, whose sessions are not saved."""
    sent_at, own = to_epoch_ms(message.get("timestamp")), table(message.get("usage"))
    model = text(message.get("model"))
    yield from usage_of(own, PiSpending("", model, sent_at, "tool", part=call), line)
    for index, result in enumerate(tables(table(message.get("details")).get("results"))):
        agent, counts = f"{call}-{index}", table(result.get("usage"))
        if not text(result.get("agent")) or not counts:
            continue
        owned = EventLine(line.session, agent, line.at, line.ref)
        yield AgentUpdate(
            **owned.fields,
            parent=line.agent,
            call=call,
            type=text(result.get("agent")),
            description=text(result.get("task")),
            model=text(result.get("model")),
            status=_status(result),
            ended=line.at,
        )
        if not own:
            yield from usage_of(counts, PiSpending("", text(result.get("model")), sent_at, part=agent), owned)


def _status(result: Record) -> AgentStatus:
    code = result.get("exitCode")
    has_failed = (code != 0 and code is not None) or result.get("stopReason") in (_ABORTED, _FAILED)
    return _STATUSES.get(text(result.get("status")), AgentStatus.FAILED if has_failed else AgentStatus.COMPLETED)


def _timeout_ms(arguments: Record) -> int | None:
    """Return the time after which a command is ended, which is given in seconds."""
    seconds = number(arguments.get("timeout"))
    return seconds * 1000 if seconds and "command" in arguments else None
