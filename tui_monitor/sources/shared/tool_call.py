"""Requests and outcomes of tool calls, as several formats describe them."""

from __future__ import annotations

from collections.abc import Iterable

from tui_monitor.events import CallFinished, CallState, Change, Measure, SourceRef, ToolKind
from tui_monitor.events.immutable import immutable
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.event_line import EventFields
from tui_monitor.sources.shared.fields import tables, text


@immutable(frozen=True, slots=True)
class ToolRequest:
    """The request of a call: the tool, the subject it acts on, and a secondary detail."""

    tool: str
    kind: ToolKind
    subject: str = ""
    note: str = ""


@immutable(frozen=True, slots=True)
class CallOutcome:
    """The result of a call."""

    state: CallState
    output: str = ""
    error: str = ""
    exit_code: int | None = None
    measure: Measure | None = None
    changes: tuple[Change, ...] = ()

    def finished(
        self, call: str, fields: EventFields, ref: SourceRef | None = None, duration_ms: int | None = None
    ) -> CallFinished:
        """Return the end of a call with this outcome."""
        return CallFinished(
            **fields,
            call=call,
            state=self.state,
            output=self.output,
            error=self.error,
            duration_ms=duration_ms,
            exit_code=self.exit_code,
            measure=self.measure,
            changes=self.changes,
            ref=ref,
        )


def tool_request(
    tool: str, kind: ToolKind, arguments: Record, subjects: Iterable[str], notes: Iterable[str]
) -> ToolRequest:
    """Return the request for a tool; the first present of ``subjects`` and ``notes`` become its subject and note.

    The subject of questions is the first question; without any of ``subjects`` it is the first text argument.
    """
    question: Record = next(tables(arguments.get("questions")), {})
    subject = text(question.get("question")) or first_text(arguments, subjects) or first_text(arguments, arguments)
    note = first_text(arguments, notes)
    return ToolRequest(tool, kind, subject, note if note != subject else "")


def first_text(arguments: Record, keys: Iterable[str]) -> str:
    """Return the first of these arguments that is a text and not empty."""
    return next(filter(None, (text(arguments.get(key)) for key in keys)), "")


def count_lines(output: str) -> Measure:
    """Return the number of lines of a command's output."""
    return Measure(output.rstrip("\n").count("\n") + 1 if output.strip("\n") else 0, "lines")
