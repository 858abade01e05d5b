"""The agent's own list of steps, written whole by one tool, or step by step by several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tui_monitor.events import PlanUpdate
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.calls import OpenCall
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.shared.fields import put_bounded, table, tables, text

_MAX_STEPS = 256


@dataclass(slots=True)
class PlanSteps:
    """The steps that are written one by one: title and status by id."""

    steps: dict[str, tuple[str, str]] = field(default_factory=dict)

    def apply(self, line: ClaudeLine, call: OpenCall, structured: Record) -> Iterator[PlanUpdate]:
        """Apply the successful result of a call of one of the tools."""
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
                earlier, self.steps = self.steps, {}
                for step in tables(structured.get("tasks")):
                    title, _ = earlier.get(text(step.get("id")), ("", ""))
                    self._put(step | {"activeForm": title})
            case _:
                return
        yield _plan(line, list(self.steps.values()))

    def _put(self, step: Record) -> None:
        if step_id := text(step.get("id")):
            put_bounded(self.steps, step_id, _step(step), _MAX_STEPS)

    def _update(self, arguments: Record) -> None:
        step_id = text(arguments.get("taskId"))
        title, status = self.steps[step_id]
        title = text(arguments.get("activeForm")) or text(arguments.get("subject")) or title
        status = text(arguments.get("status")) or status
        self.steps[step_id] = (title, status)
        if status == "deleted":
            del self.steps[step_id]


def _step(step: Record) -> tuple[str, str]:
    title = text(step.get("activeForm")) or text(step.get("content")) or text(step.get("subject"))
    return title, text(step.get("status")) or "pending"


def _plan(line: ClaudeLine, steps: list[tuple[str, str]]) -> PlanUpdate:
    return PlanUpdate(
        **line.fields,
        completed=sum(status == "completed" for _, status in steps),
        total=len(steps),
        now=next((title for title, status in steps if status == "in_progress"), ""),
    )
