"""Commands and agents that go on after their call was answered, until something tells their end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Self, TypeAlias

from tui_monitor.events import AgentStatus, AgentUpdate, CallFinished, CallState, Measure, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.line import Line
from tui_monitor.sources.claude_code.results import OpenCall, awaited_status, tagged
from tui_monitor.sources.claude_code.tools import AGENT_TOOLS, STOPPING, kind_of
from tui_monitor.sources.shared.fields import put_bounded, table, text

NOTIFICATION = "<task-notification>"
_MAX_TASKS = 256
_EXIT_CODE = re.compile(r"exit code (\d{1,9})")
_TOOL_USES = re.compile(r"tool_uses[:>] *(\d{1,9})")
_DURATION = re.compile(r"duration_ms[:>] *(\d{1,12})")
ENDS = {
    "completed": CallState.OK,
    "failed": CallState.FAILED,
    "killed": CallState.INTERRUPTED,
    "stopped": CallState.INTERRUPTED,
    "cancelled": CallState.INTERRUPTED,
}
"""How a task has ended, by the program's word for it."""
_STATUSES = {
    CallState.OK: AgentStatus.COMPLETED,
    CallState.FAILED: AgentStatus.FAILED,
    CallState.INTERRUPTED: AgentStatus.TERMINATED,
}

Ending: TypeAlias = CallFinished | AgentUpdate


@dataclass(slots=True)
class Task:
    """What goes on, for which call of which agent."""

    call: str
    agent: str
    subject: str
    is_agent: bool


@dataclass(slots=True)
class Background:
    """The tasks that go on."""

    tasks: dict[str, Task] = field(default_factory=dict)

    @classmethod
    def restored(cls, state: Record) -> Self:
        """From what was kept of it as JSON."""
        return cls({id_: Task(**task) for id_, task in state["tasks"].items()})

    def subject(self, task: str) -> str:
        """What a task is about; empty when it is not known."""
        return self.tasks[task].subject if task in self.tasks else ""

    def launched(self, event: CallFinished, call: OpenCall, task: str) -> None:
        """A call was answered, and goes on as ``task``."""
        described = call.note if kind_of(call.tool) is ToolKind.SHELL else ""
        going_on = Task(event.call, event.agent, described or call.subject, call.tool in AGENT_TOOLS)
        put_bounded(self.tasks, task, going_on, _MAX_TASKS)

    def looked(self, line: Line, event: CallFinished, call: OpenCall, structured: Record) -> Iterator[Ending]:
        """A call that looks at a task, or stops it, went well."""
        state = CallState.OK if call.tool in STOPPING else ENDS.get(awaited_status(structured, event.output))
        if state is CallState.OK and event.exit_code:
            state = CallState.FAILED
        if state:
            told = replace(event, state=state, measure=None, metadata="")
            yield from self.end(line, _task_of(call, structured), told)

    def notified(self, line: Line, notification: str) -> Iterator[Ending]:
        """The program tells the agent how tasks have ended; it does so in up to three places."""
        for part in notification.split("</task-notification>"):
            if state := ENDS.get(tagged(part, "status")):
                yield from self.end(line, self._named(part), _told(line, part, state))

    def end(self, line: Line, name: str, told: CallFinished) -> Iterator[Ending]:
        """The end of a task, if it goes on: what was ``told`` is the end of the call that it began as."""
        task = self.tasks.pop(name, None)
        if task is None:
            return
        yield replace(told, call=task.call, agent=task.agent)
        if task.is_agent:
            where = line.of_agent(name)
            yield AgentUpdate(
                **where, call=task.call, status=_STATUSES[told.state], ended=where["at"], error=told.error
            )

    def _named(self, part: str) -> str:
        task, call = tagged(part, "task-id"), tagged(part, "tool-use-id")
        if task in self.tasks or not call:
            return task
        return next((id_ for id_, known in self.tasks.items() if known.call == call), "")


def _told(line: Line, part: str, state: CallState) -> CallFinished:
    summary, usage = tagged(part, "summary"), tagged(part, "usage")
    code, uses, duration = _EXIT_CODE.search(summary), _TOOL_USES.search(usage), _DURATION.search(usage)
    well = state is CallState.OK
    return CallFinished(
        **line.where,
        call=tagged(part, "tool-use-id"),
        state=state,
        output=tagged(part, "result") or (summary if well else ""),
        error="" if well else summary,
        duration_ms=int(duration[1]) if duration else None,
        exit_code=int(code[1]) if code else None,
        measure=Measure(int(uses[1]), "calls") if uses else None,
        ref=line.ref,
    )


def _task_of(call: OpenCall, structured: Record) -> str:
    named = (call.arguments, structured, table(structured.get("task")))
    keys = ("task_id", "bash_id", "shell_id", "shellId")
    return next((id_ for fields in named for key in keys if (id_ := text(fields.get(key)))), "")
