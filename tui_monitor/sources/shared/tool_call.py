"""What several formats tell of a call alike: what it asks for, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tui_monitor.events import CallState, Change, Measure, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.shared.fields import tables, text


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """What a call asks for: the tool, what it acts on, and a second thing worth telling."""

    tool: str
    kind: ToolKind
    subject: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What became of a call that has a result."""

    state: CallState
    output: str = ""
    error: str = ""
    exit_code: int | None = None
    measure: Measure | None = None
    changes: tuple[Change, ...] = ()


def tool_request(
    tool: str, kind: ToolKind, given: Record, subjects: Iterable[str], notes: Iterable[str]
) -> ToolRequest:
    """The call of a tool with these arguments; the first of ``subjects`` and ``notes`` that is among them is told.

    The subject of questions is the first one, that of a call with none of these arguments the first text among them.
    """
    question: Record = next(tables(given.get("questions")), {})
    subject = text(question.get("question")) or first_text(given, subjects) or first_text(given, given)
    note = first_text(given, notes)
    return ToolRequest(tool, kind, subject, note if note != subject else "")


def first_text(given: Record, keys: Iterable[str]) -> str:
    """The first of these fields that is a text and not empty."""
    return next(filter(None, (text(given.get(key)) for key in keys)), "")


def count_lines(written: str) -> Measure:
    """The size of what a command wrote."""
    return Measure(written.rstrip("\n").count("\n") + 1 if written.strip("\n") else 0, "lines")
