"""Commands and agents that go on in the background after their call was answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self, TypeAlias

from tui_monitor.events import AgentStatus, AgentUpdate, CallFinished, CallState, Measure, ToolKind
from tui_monitor.sources.base import Record
from tui_monitor.sources.claude_code.calls import OpenCall
from tui_monitor.sources.claude_code.files import workflow_agents
from tui_monitor.sources.claude_code.line import ClaudeLine
from tui_monitor.sources.claude_code.results import polled_status, tag_content
from tui_monitor.sources.claude_code.tools import AGENT_TOOLS, STOP_TOOLS, kind_of
from tui_monitor.sources.shared.fields import put_bounded, table, text

NOTIFICATION = "<task-notification>"
WORKFLOW = "workflow"
"""The type of the agent that stands for all agents of a workflow."""
FINAL_STATES = {
    "completed": CallState.OK,
    "failed": CallState.FAILED,
    "killed": CallState.INTERRUPTED,
    "stopped": CallState.INTERRUPTED,
    "cancelled": CallState.INTERRUPTED,
}
"""The final state of a task by the program's word for it."""

_MAX_TASKS = 256
_EXIT_CODE = re.compile(r"exit code (\d{1,9})")
_TOOL_USES = re.compile(r"tool_uses[:>] *(\d{1,9})")
_DURATION = re.compile(r"duration_ms[:>] *(\d{1,12})")
_AGENT_STATUSES = {
    CallState.OK: AgentStatus.COMPLETED,
    CallState.FAILED: AgentStatus.FAILED,
    CallState.INTERRUPTED: AgentStatus.TERMINATED,
}

TaskEnd: TypeAlias = CallFinished | AgentUpdate


@dataclass(slots=True)
class BackgroundTask:
    """A running task with its call, and the agent that issued the call. ``works_as`` is the agent that it is, if any;
    a workflow is one for all its agents."""

    call: str
    agent: str
    subject: str
    works_as: str = ""
    is_workflow: bool = False


@dataclass(slots=True)
class BackgroundTasks:
    """The running tasks by id."""

    tasks: dict[str, BackgroundTask] = field(default_factory=dict)

    @classmethod
    def restored(cls, state: Record) -> Self:
        """Return the tasks of a saved state."""
        return cls({task_id: BackgroundTask(**task) for task_id, task in state["tasks"].items()})

    def subject(self, task_id: str) -> str:
        """Return the subject of a task; empty if it is unknown."""
        return self.tasks[task_id].subject if task_id in self.tasks else ""

    def is_working(self) -> bool:
        """Return True if a task is running."""
        return bool(self.tasks)

    def add(self, result: CallFinished, call: OpenCall, task_id: str, structured: Record) -> None:
        """Add the task that an answered call has become."""
        description = call.note if kind_of(call.tool) is ToolKind.SHELL else ""
        run = workflow_run(structured)
        works_as = run or (task_id if call.tool in AGENT_TOOLS else "")
        task = BackgroundTask(result.call, result.agent, description or call.subject, works_as, bool(run))
        put_bounded(self.tasks, task_id, task, _MAX_TASKS)

    def resume(self, line: ClaudeLine, agent: str, call: OpenCall) -> Iterator[AgentUpdate]:
        """Let an ended agent work again, as the result of a call says that sent it a message."""
        put_bounded(self.tasks, agent, BackgroundTask("", line.agent, call.subject, agent), _MAX_TASKS)
        yield AgentUpdate(**line.fields_of(agent), status=AgentStatus.RUNNING, started=line.at)

    def apply_poll(
        self, line: ClaudeLine, result: CallFinished, call: OpenCall, structured: Record
    ) -> Iterator[TaskEnd]:
        """Apply the successful result of a call that polls or stops a task."""
        state = CallState.OK if call.tool in STOP_TOOLS else FINAL_STATES.get(polled_status(structured, result.output))
        if state is CallState.OK and result.exit_code:
            state = CallState.FAILED
        if state:
            end = replace(result, state=state, measure=None, metadata="")
            yield from self.end(line, _polled_task(call, structured), end)

    def apply_notification(self, line: ClaudeLine, notification: str) -> Iterator[TaskEnd]:
        """Apply the program's notification of the agent about ended tasks; it may be written up to three times."""
        for part in notification.split("</task-notification>"):
            if state := FINAL_STATES.get(tag_content(part, "status")):
                yield from self.end(line, self._task_in(part), _end_in(line, part, state))

    def end(self, line: ClaudeLine, task_id: str, end: CallFinished) -> Iterator[TaskEnd]:
        """End a task if it is running: ``end`` becomes the end of the call that it started as."""
        task = self.tasks.pop(task_id, None)
        if task is None:
            return
        if task.call:
            yield replace(end, call=task.call, agent=task.agent)
        if task.works_as:
            fields, status = line.fields_of(task.works_as), _AGENT_STATUSES[end.state]
            yield AgentUpdate(**fields, call=task.call, status=status, ended=line.at, error=end.error)
        if task.is_workflow:
            for agent, label in workflow_agents(Path(line.ref.path), task.works_as):
                fields = line.fields_of(agent)
                yield AgentUpdate(
                    **fields, parent=task.works_as, description=label, status=_AGENT_STATUSES[end.state], ended=line.at
                )

    def _task_in(self, notification: str) -> str:
        task_id, call_id = tag_content(notification, "task-id"), tag_content(notification, "tool-use-id")
        if task_id in self.tasks or not call_id:
            return task_id
        return next((id_ for id_, task in self.tasks.items() if task.call == call_id), "")


def workflow_run(structured: Record) -> str:
    """Return the run of the workflow that a call has started; empty for other calls."""
    return text(structured.get("runId")) if "workflowName" in structured else ""


def _end_in(line: ClaudeLine, notification: str, state: CallState) -> CallFinished:
    summary, usage = tag_content(notification, "summary"), tag_content(notification, "usage")
    code, uses, duration = _EXIT_CODE.search(summary), _TOOL_USES.search(usage), _DURATION.search(usage)
    is_ok = state is CallState.OK
    return CallFinished(
        **line.fields,
        call=tag_content(notification, "tool-use-id"),
        state=state,
        output=tag_content(notification, "result") or (summary if is_ok else ""),
        error="" if is_ok else summary,
        duration_ms=int(duration[1]) if duration else None,
        exit_code=int(code[1]) if code else None,
        measure=Measure(int(uses[1]), "calls") if uses else None,
        ref=line.ref,
    )


def _polled_task(call: OpenCall, structured: Record) -> str:
    records = (call.arguments, structured, table(structured.get("task")))
    keys = ("task_id", "bash_id", "shell_id", "shellId")
    return next((task_id for record in records for key in keys if (task_id := text(record.get(key)))), "")
