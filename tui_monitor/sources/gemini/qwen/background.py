"""Agents that go on after their call was answered: a notification in a later turn reports their end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tui_monitor.events import AgentStatus, AgentUpdate, CallFinished, CallState, Event
from tui_monitor.sources.gemini.lines import GeminiLine
from tui_monitor.sources.gemini.qwen import files
from tui_monitor.sources.shared.fields import table

_TASK = re.compile(r"^task_id: (\S+)", re.MULTILINE)
_FIELD = re.compile(r"<(task-id|tool-use-id|status|result)>(.*?)</\1>", re.DOTALL)
_ENDS: Mapping[str, tuple[AgentStatus, CallState]] = {
    "completed": (AgentStatus.COMPLETED, CallState.OK),
    "failed": (AgentStatus.FAILED, CallState.FAILED),
    "cancelled": (AgentStatus.TERMINATED, CallState.INTERRUPTED),
}


def is_launch(display: object) -> bool:
    """Return True for what a person saw of an agent that was started in the background."""
    return table(display).get("status") == "background"


def launch(output: str, call: str, line: GeminiLine) -> Iterator[AgentUpdate]:
    """Yield that the agent that a call has started runs."""
    if match := _TASK.search(output):
        agent = files.name_of_agent(match[1])
        running = AgentStatus.RUNNING
        yield AgentUpdate(
            session=line.session, agent=agent, at=line.at, parent=line.agent, call=call, status=running, started=line.at
        )


def end(notification: str, line: GeminiLine) -> Iterator[Event]:
    """Yield the end of an agent and of its call by the text for the model."""
    fields = dict(_FIELD.findall(notification))
    agent, end = fields.get("task-id", ""), _ENDS.get(fields.get("status", ""))
    if not agent or end is None:
        return
    status, state = end
    yield AgentUpdate(session=line.session, agent=files.name_of_agent(agent), at=line.at, status=status, ended=line.at)
    if call := fields.get("tool-use-id"):
        yield CallFinished(**line.fields, call=call, state=state, output=fields.get("result", ""), ref=line.ref)
