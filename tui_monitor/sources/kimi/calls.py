"""Tool calls, which both kinds of records have, and the waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tui_monitor.events import CallFinished, CallStarted, CallState, Event, PlanUpdate, WaitUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.kimi.line import content_text, id_of
from tui_monitor.sources.kimi.tools import SHELLS, TODOS, call_request, call_state, changes, needed_arguments
from tui_monitor.sources.shared.event_line import EventLine
from tui_monitor.sources.shared.fields import as_json, number, put_bounded, table, tables, text
from tui_monitor.sources.shared.open_calls import OpenCalls
from tui_monitor.sources.shared.proposals import proposal_of
from tui_monitor.sources.shared.tool_call import count_lines

_MAX_WAITS = 64
_DONE = ("done", "completed")


class KimiCalls:
    """The open calls of one wire log, and the requests that wait for a person, each with its call."""

    def __init__(self, saved: dict[str, Any]) -> None:
        self._calls: OpenCalls[Record] = OpenCalls(saved.get("open"), saved.get("answered"))
        self._waits: dict[str, str] = saved.get("waits", {})

    def state(self) -> Record:
        """Return everything needed to go on."""
        return {**self._calls.state(), "waits": self._waits}

    def start(self, call: str, name: str, arguments: Record, line: EventLine) -> Iterator[Event]:
        """Yield the start of a call."""
        request = call_request(name, arguments)
        if not call or not self._calls.add(call, needed_arguments(name, arguments)):
            return
        seconds = number(arguments.get("timeout"))
        yield CallStarted(
            **line.fields,
            call=call,
            uid=f"{line.at}/{call}",
            tool=request.tool,
            kind=request.kind,
            subject=request.subject,
            note=request.note,
            input=as_json(arguments),
            proposal=proposal_of(request.kind, arguments),
            timeout_ms=seconds * 1000 if seconds and name in SHELLS else None,
            ref=line.ref,
        )
        if name in TODOS:
            yield from _plan(arguments, line)

    def finish(self, call: str, result: Record, line: EventLine) -> Iterator[Event]:
        """Yield the end of a call, and of the wait for a person that it was about."""
        if not call or self._calls.is_answered(call):
            return
        request = self._calls.answer(call) or {}
        name = text(request.get("name"))
        output, note = content_text(result.get("output")), text(result.get("message")) or text(result.get("note"))
        is_error = result.get("is_error") is True or result.get("isError") is True
        state, code = call_state(name, is_error=is_error, output=f"{note}\n{output}")
        is_done = state is CallState.OK
        for waiting in [key for key, about in self._waits.items() if about == call]:
            yield from self.stop_waiting(waiting, line)
        yield CallFinished(
            **line.fields,
            call=call,
            state=state,
            output=output,
            error="" if is_done else (output if code else note) or note or output,
            duration_ms=number(result.get("durationMs")),
            exit_code=code,
            measure=count_lines(output) if name in SHELLS else None,
            changes=tuple(changes(request, result.get("display"))) if is_done else (),
            ref=line.ref,
        )

    def wait(self, request: str, call: str, reason: str, line: EventLine) -> Iterator[Event]:
        """Yield that a request waits for a person."""
        put_bounded(self._waits, request, call, _MAX_WAITS)
        yield WaitUpdate(**line.fields, waiting=True, reason=reason, call=call)

    def stop_waiting(self, request: str, line: EventLine) -> Iterator[Event]:
        """Yield that a person has answered a request."""
        call = self._waits.pop(request, None)
        if call is not None:
            yield WaitUpdate(**line.fields, waiting=False, call=call)


def _plan(arguments: Record, line: EventLine) -> Iterator[Event]:
    steps = list(tables(arguments.get("todos")))
    if not steps:
        return
    completed = sum(step.get("status") in _DONE for step in steps)
    step = next((step for step in steps if step.get("status") == "in_progress"), {})
    now = text(table(step).get("title")) or text(step.get("content"))
    yield PlanUpdate(**line.fields, completed=completed, total=len(steps), now=id_of(now))
