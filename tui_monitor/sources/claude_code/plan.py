"""The agent's own list of steps, kept by one tool that writes it whole, or by several that write one step each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_monitor.events import PlanUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.results import OpenCall
from tui_monitor.sources.shared.fields import put_bounded, table, tables, text

_MAX_STEPS = 256


@dataclass(slots=True)
class Plan:
    """The steps that were written one by one: of each its words and its status."""

    steps: dict[str, tuple[str, str]] = field(default_factory=dict)

    def answered(self, line: Line, call: OpenCall, structured: Record) -> Iterator[PlanUpdate]:
        """A call of one of those tools went well."""
        match call.tool:
            case "TodoWrite":
                todos = structured.get("newTodos", call.arguments.get("todos"))
                yield _plan(line, [_step(todo) for todo in tables(todos)])
                return
            case "TaskCreate" if step := table(structured.get("task")):
                self._put(step | {"activeForm": call.arguments.get("activeForm")})
            case "TaskUpdate" if structured.get("success") is not False and call.arguments.get("taskId") in self.steps:
                self._update(call.arguments)
            case "TaskList":
                known, self.steps = self.steps, {}
                for step in tables(structured.get("tasks")):
                    words, _ = known.get(text(step.get("id")), ("", ""))
                    self._put(step | {"activeForm": words})
            case _:
                return
        yield _plan(line, list(self.steps.values()))

    def _put(self, step: Record) -> None:
        if id_ := text(step.get("id")):
            put_bounded(self.steps, id_, _step(step), _MAX_STEPS)

    def _update(self, given: Record) -> None:
        id_ = text(given.get("taskId"))
        words, status = self.steps[id_]
        words = text(given.get("activeForm")) or text(given.get("subject")) or words
        status = text(given.get("status")) or status
        self.steps[id_] = (words, status)
        if status == "deleted":
            del self.steps[id_]


def _step(step: Record) -> tuple[str, str]:
    words = text(step.get("activeForm")) or text(step.get("content")) or text(step.get("subject"))
    return words, text(step.get("status")) or "pending"


def _plan(line: Line, steps: list[tuple[str, str]]) -> PlanUpdate:
    return PlanUpdate(
        **line.where,
        completed=sum(status == "completed" for _, status in steps),
        total=len(steps),
        now=next((words for words, status in steps if status == "in_progress"), ""),
    )
