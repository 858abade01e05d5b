"""The open calls of a Codex thread, merged from up to three lines per call in any order.

A request (``function_call``) has an answer (``function_call_output``); an event or item reports the same call under the
same id, in more detail. A shell command that does not end in time answers with the id of a shell session, which later
``write_stdin`` calls poll: these are not calls of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tui_monitor.events import (
    AWAITED,
    CallFinished,
    CallProgress,
    CallStarted,
    CallState,
    Change,
    ChangeKind,
    Event,
    ToolKind,
    WaitUpdate,
)
from tui_monitor.sources.codex.items import CallReport
from tui_monitor.sources.codex.lines import CodexLine
from tui_monitor.sources.codex.results import CodexToolResult, line_count
from tui_monitor.sources.codex.tools import CODE, CodexToolRequest, decode_json
from tui_monitor.sources.shared.fields import put_bounded, table
from tui_monitor.sources.shared.open_calls import OpenCalls
from tui_monitor.sources.shared.proposals import answers_by_question

MAX_SHELLS = 64
MAX_DIFF_LENGTH = 512 * 1024
MAX_TAIL = 8 * 1024
MIN_UNIQUE_LENGTH = 16
"""Shorter call ids are unique only within their thread."""


@dataclass(slots=True)
class _OpenCall:
    """A call without a result. ``is_script``: it makes other calls; ``in_background``: its shell runs on after the
    answer; ``tail``: the last output of that shell; ``polled_call``: the call whose shell this one polls; ``asks``: it
    runs once a person approves it."""

    kind: ToolKind
    is_script: bool = False
    changes: list[Change] = field(default_factory=list)
    in_background: bool = False
    tail: str = ""
    polled_call: str = ""
    asks: bool = False


class CodexCalls:
    """Open and recently answered calls of one thread (finally answered: by an event or item), and the call of each
    shell session."""

    def __init__(self, state: dict[str, Any]) -> None:
        open_calls = {call: _restore(saved) for call, saved in state.get("open", {}).items()}
        self._calls = OpenCalls(open_calls, state.get("answered"))
        self._shells: dict[str, str] = dict(state.get("shells", {}))

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {**self._calls.state(), "shells": self._shells}

    def request(self, call: str, request: CodexToolRequest, line: CodexLine) -> Iterator[Event]:
        """Yield the events of a request."""
        target = self._shells.get(request.shell, "")
        if target and target != call and not self._is_poll(target):
            self._calls.add(call, _OpenCall(request.kind, polled_call=target))
            typed = request.subject.strip()
            yield from self.progress(target, f"{AWAITED}, typed {typed}" if typed else AWAITED, line)
            return
        self._calls.add(call, self._open_call(request))
        yield _started(call, request, line)
        if request.escalated:
            yield WaitUpdate(**line.fields, waiting=True, reason=request.note, call=call, certain=False)

    def answer(self, call: str, result: CodexToolResult, line: CodexLine) -> Iterator[Event]:
        """Yield the events of the answer that the model received. An event or item that has reported the call takes
        precedence."""
        if self._calls.is_final(call):
            return
        open_call = self._calls.get(call)
        if open_call and open_call.polled_call:
            self._calls.discard(call)
            yield from self._answer_poll(open_call.polled_call, result, line)
        elif open_call and result.shell:
            open_call.in_background, open_call.tail = True, result.text[-MAX_TAIL:]
            put_bounded(self._shells, result.shell, call, MAX_SHELLS)
            yield _finished(call, result, line)
        else:
            yield from self._end(call, result, line, from_report=False)

    def report(self, report: CallReport, line: CodexLine) -> Iterator[Event]:
        """Yield the events of an event or item that reports a call, which may come without a request."""
        call, request, result, started_at = report
        open_call = self._calls.get(call)
        if open_call and open_call.polled_call:
            yield from self.progress(call, AWAITED, line)
            return
        if not open_call and self._calls.add(call, self._open_call(request)):
            yield _started(call, request, replace(line, at=started_at or line.at), parent=self._open_script(call))
        if result and self._calls.is_answered(call) and not result.changes and result.state is CallState.OK:
            result = replace(result, changes=request.changes)
        if result:
            yield from self._end(call, result, line, from_report=True)

    def progress(self, call: str, doing: str, line: CodexLine) -> Iterator[Event]:
        """Yield progress of an open call."""
        open_call = self._calls.get(call)
        if open_call and open_call.polled_call:
            yield from self.progress(open_call.polled_call, AWAITED, line)
        elif open_call:
            yield CallProgress(**line.fields, call=call, doing=doing)

    def abort(self, line: CodexLine) -> Iterator[Event]:
        """Interrupt the calls that wait for an answer; background shells keep running."""
        for call, open_call in self._calls.items():
            if open_call.polled_call:
                self._calls.discard(call)
            elif not open_call.in_background:
                yield from self._end(call, CodexToolResult(CallState.INTERRUPTED), line, from_report=False)

    def _answer_poll(self, call: str, result: CodexToolResult, line: CodexLine) -> Iterator[Event]:
        """Yield the new output of a shell, or its end."""
        open_call = self._calls.get(call)
        if open_call is None:
            return
        open_call.tail = (open_call.tail + result.text)[-MAX_TAIL:]
        if result.shell or result.exit_code is None:
            yield CallProgress(**line.fields, call=call, doing="still running", output=open_call.tail)
        else:
            final = replace(result, text=open_call.tail, measure=line_count(open_call.tail), duration_ms=None)
            yield from self._end(call, final, line, from_report=False)

    def _end(self, call: str, result: CodexToolResult, line: CodexLine, *, from_report: bool) -> Iterator[Event]:
        open_call = self._calls.answer(call, final=from_report)
        if open_call and open_call.changes and not result.changes and result.state is CallState.OK:
            result = replace(result, changes=tuple(open_call.changes))
        if open_call and open_call.asks and result.state is CallState.INTERRUPTED:
            result = replace(result, state=CallState.REJECTED, approved=False, approval="user")
        if open_call and open_call.kind is not ToolKind.SHELL:
            result = replace(result, measure=None)
        if open_call and open_call.kind is ToolKind.ASK:
            result = replace(result, answers=answers_by_question(table(decode_json(result.text)).get("answers")))
        yield _finished(call, result, line)

    def _open_call(self, request: CodexToolRequest) -> _OpenCall:
        changes = self._bounded(request.changes)
        return _OpenCall(request.kind, request.tool == CODE, changes, asks=request.escalated)

    def _is_poll(self, call: str) -> bool:
        open_call = self._calls.get(call)
        return bool(open_call and open_call.polled_call)

    def _bounded(self, changes: tuple[Change, ...]) -> list[Change]:
        """Return the changes to keep until the answer; when they are too long, without their diffs."""
        total = sum(len(change.diff) for _, open_call in self._calls.items() for change in open_call.changes)
        too_long = total + sum(len(change.diff) for change in changes) > MAX_DIFF_LENGTH
        return [replace(change, diff="") if too_long else change for change in changes]

    def _open_script(self, call: str) -> str:
        """Return the open call whose script made this one; empty unless exactly one script is open."""
        scripts = [other for other, open_call in self._calls.items() if open_call.is_script and other != call]
        return scripts[0] if len(scripts) == 1 else ""


def _started(call: str, request: CodexToolRequest, line: CodexLine, parent: str = "") -> CallStarted:
    return CallStarted(
        **line.fields,
        call=call,
        uid=call if len(call) >= MIN_UNIQUE_LENGTH else f"{line.session.id}:{call}",
        tool=request.tool,
        kind=request.kind,
        subject=request.subject,
        note=request.note,
        input=request.input,
        parent=parent,
        model=line.model,
        timeout_ms=request.timeout_ms,
        approval_after_ms=request.approval_after_ms,
        proposal=request.proposal,
        ref=line.ref,
    )


def _finished(call: str, result: CodexToolResult, line: CodexLine) -> CallFinished:
    return CallFinished(
        **line.fields,
        call=call,
        state=result.state,
        output=result.text,
        error=result.error,
        duration_ms=result.duration_ms,
        exit_code=result.exit_code,
        measure=result.measure,
        changes=result.changes,
        approved=result.approved,
        approval=result.approval,
        answers=result.answers,
        ref=line.ref,
    )


def _restore(saved: dict[str, Any]) -> _OpenCall:
    changes = [
        Change(**{**change, "kind": ChangeKind(change["kind"]), "lines": change["lines"] and tuple(change["lines"])})
        for change in saved["changes"]
    ]
    return _OpenCall(**{**saved, "kind": ToolKind(saved["kind"]), "changes": changes})
