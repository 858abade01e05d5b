"""What is under way in a framework, by the ids that it gives: agents, tools, and whatever they are parts of."""

from __future__ import annotations

import os
import time
from dataclasses import asdict, dataclass
from datetime import timedelta

from tui_monitor.telemetry.recorder.executions import ToolExecution
from tui_monitor.telemetry.recorder.json_codec import output_of
from tui_monitor.telemetry.recorder.record import never_raises, record_agent, record_persistent, record_start
from tui_monitor.telemetry.recorder.runtime import LOCK, new_uid
from tui_monitor.telemetry.recorder.scope import Scope, changed, current_execution, current_scope, scope_override
from tui_monitor.telemetry.recorder.usage_parser import ResponseUsage
from tui_monitor.telemetry.statistics.defaults import TOOL_EXECUTIONS, record_usage

_MOST = 10_000
"""Runs that are remembered: of some a framework never tells the end."""


@dataclass(slots=True)
class _Run:
    """A run, the scope in which its parts are, the tool that it is or is part of, and the agent that it is."""

    scope: Scope
    tool: ToolExecution | None
    is_tool: bool = False
    agent: str = ""
    began: float = 0.0


class Runs:
    """Records runs as they begin and end. Nothing in it raises, and any thread may use it: a run is in the scope of its
    parent, the first one in the scope in force where it begins."""

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}

    @never_raises
    def begin(self, run: str, parent: str | None) -> None:
        """Something begins that is neither an agent nor a tool."""
        self._remember(run, self._part_of(parent))

    @never_raises
    def begin_agent(self, run: str, parent: str | None, agent_type: str, description: str = "") -> None:
        """An agent begins, a child of the one that it is started by."""
        above = self._part_of(parent)
        name = f"{agent_type}-{new_uid()}"
        facts = {
            "agent_type": agent_type,
            "parent_id": above.scope.agent_id or above.scope.session_id,
            "process_id": os.getpid(),
            "status": "running",
            "start_time": time.time(),
        }
        scope = changed(above.scope, {"agent_id": name})
        with scope_override(scope):
            record_agent(name, facts, {"description": description} if description else {})
        self._remember(run, _Run(scope, above.tool, agent=name))

    @never_raises
    def begin_tool(self, run: str, parent: str | None, tool_name: str, given: object) -> None:
        """A tool begins to run."""
        above = self._part_of(parent)
        with scope_override(above.scope):
            tool = ToolExecution.start(tool_name, given)
            tool.with_parent(above.tool.id if above.tool else current_execution())
            record_start(tool)
        self._remember(run, _Run(above.scope, tool, is_tool=True, began=time.perf_counter()))

    @never_raises
    def end(self, run: str, output: object = None, error: str | None = None) -> None:
        """Whatever this was, it is over: well, or with an error."""
        with LOCK:
            ended = self._runs.pop(run, None)
        if ended is None:
            return
        with scope_override(ended.scope):
            if ended.is_tool and ended.tool:
                _end_tool(ended.tool, timedelta(seconds=time.perf_counter() - ended.began), output, error)
            elif ended.agent:
                status = "completed" if error is None else "failed"
                facts = {"status": status, "end_time": time.time()}
                record_agent(ended.agent, facts, {} if error is None else {"error_message": error})

    @never_raises
    def spend(self, run: str | None, usage: ResponseUsage, provider: str = "", duration_ms: int | None = None) -> None:
        """A model has responded in this run."""
        with scope_override(self._part_of(run).scope):
            record_usage(**asdict(usage), provider=provider, duration_ms=duration_ms)

    def _part_of(self, run: str | None) -> _Run:
        known = self._runs.get(run or "")
        return _Run(known.scope, known.tool) if known else _Run(current_scope(), None)

    def _remember(self, run: str, begun: _Run) -> None:
        with LOCK:
            while len(self._runs) >= _MOST:
                del self._runs[next(iter(self._runs))]
            self._runs[run] = begun


def _end_tool(tool: ToolExecution, taken: timedelta, output: object, error: str | None) -> None:
    if error is None:
        tool.complete_success(output_of(output), taken)
    else:
        tool.complete_error(error, taken)
    TOOL_EXECUTIONS.record(tool)
    record_persistent(tool)
