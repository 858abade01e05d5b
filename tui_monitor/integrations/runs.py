"""Runs of a framework, by the framework's ids: agents, tools, and the steps they are part of."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import timedelta

from tui_monitor.telemetry.generations import Generation, generation
from tui_monitor.telemetry.recorder.executions import ToolExecution
from tui_monitor.telemetry.recorder.json_codec import output_text
from tui_monitor.telemetry.recorder.process import process_facts
from tui_monitor.telemetry.recorder.record import never_raises, record_agent, record_start
from tui_monitor.telemetry.recorder.response_fields import decoded
from tui_monitor.telemetry.recorder.response_usage import ResponseUsage
from tui_monitor.telemetry.recorder.runtime import LOCK, new_uid
from tui_monitor.telemetry.recorder.scope import Scope, current_execution, current_scope, derive_scope, use_scope
from tui_monitor.telemetry.statistics.defaults import TOOL_EXECUTIONS, record_usage

_MAX_OPEN_RUNS = 10_000
"""Open runs to remember: a framework may not report the end of each."""


@dataclass(slots=True)
class _Run:
    """An open run: the scope of its children, the tool that it is or is part of, and the agent or model call it is."""

    scope: Scope
    tool: ToolExecution | None
    is_tool: bool = False
    agent_id: str = ""
    start: float = 0.0
    call: Generation | None = None


class RunRecorder:
    """Records runs at their start and end. Never raises, and is safe for use from any thread.

    A run is in the scope of its parent; a run without one is in the current scope at its start.
    """

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}

    @never_raises
    def start_step(self, run_id: str, parent_id: str | None) -> None:
        """Start a run that is neither an agent nor a tool."""
        self._add(run_id, self._step_of(parent_id))

    @never_raises
    def start_agent(self, run_id: str, parent_id: str | None, agent_type: str, description: str = "") -> None:
        """Start an agent, a child of its parent run's agent."""
        parent = self._step_of(parent_id)
        agent_id = f"{agent_type}-{new_uid()}"
        facts = {
            "agent_type": agent_type,
            "parent_id": parent.scope.agent_id or parent.scope.session_id,
            "status": "running",
            "start_time": time.time(),
            **process_facts(),
        }
        scope = derive_scope(parent.scope, {"agent_id": agent_id})
        with use_scope(scope):
            record_agent(agent_id, facts, {"description": description} if description else {})
        self._add(run_id, _Run(scope, parent.tool, agent_id=agent_id))

    @never_raises
    def start_tool(self, run_id: str, parent_id: str | None, tool_name: str, arguments: object) -> None:
        """Start a tool."""
        parent = self._step_of(parent_id)
        with use_scope(parent.scope):
            tool = ToolExecution.start(tool_name, _arguments(arguments))
            tool.with_parent(parent.tool.id if parent.tool else current_execution())
            record_start(tool)
        self._add(run_id, _Run(parent.scope, tool, is_tool=True, start=time.perf_counter()))

    @never_raises
    def start_generation(self, run_id: str, parent_id: str | None, model: str = "", provider: str = "") -> None:
        """Start a call of a model."""
        parent = self._step_of(parent_id)
        with use_scope(parent.scope):
            call = generation(model, provider=provider).start()
        self._add(run_id, _Run(parent.scope, parent.tool, call=call))

    @never_raises
    def first_token(self, run_id: str) -> None:
        """Note that the response of a model begins to arrive; only the first time counts."""
        if (run := self._runs.get(run_id)) and run.call:
            run.call.first_token()

    @never_raises
    def end(self, run_id: str, output: object = None, error: str | None = None, *, arguments: object = None) -> None:
        """End a run of any kind, failed if ``error`` is not None. Unknown runs are ignored.

        ``arguments`` are those of a tool, if they were not known at its start.
        """
        with LOCK:
            run = self._runs.pop(run_id, None)
        if run is None:
            return
        with use_scope(run.scope):
            if run.is_tool and run.tool:
                run.tool.input = _arguments(arguments) if run.tool.input is None else run.tool.input
                _end_tool(run.tool, timedelta(seconds=time.perf_counter() - run.start), output, error)
            elif run.call:
                run.call.end(error)
            elif run.agent_id:
                status = "completed" if error is None else "failed"
                facts = {"status": status, "end_time": time.time()}
                record_agent(run.agent_id, facts, {} if error is None else {"error_message": error})

    @never_raises
    def add_usage(self, run_id: str, usage: ResponseUsage, provider: str = "") -> None:
        """Set the usage of a call of a model; of several responses to one call the others are recorded beside it."""
        run = self._runs.get(run_id)
        if run and run.call and run.call.usage is None:
            run.call.usage, run.call.provider = usage, provider or run.call.provider
        else:
            with use_scope(self._step_of(run_id).scope):
                record_usage(**asdict(usage), provider=provider)

    def _step_of(self, run_id: str | None) -> _Run:
        """Return a new step of this run, or of the current scope if the run is unknown."""
        run = self._runs.get(run_id or "")
        return _Run(run.scope, run.tool) if run else _Run(current_scope(), None)

    def _add(self, run_id: str, run: _Run) -> None:
        with LOCK:
            while len(self._runs) >= _MAX_OPEN_RUNS:
                del self._runs[next(iter(self._runs))]
            self._runs[run_id] = run


def _arguments(arguments: object) -> object:
    """Return the arguments of a tool, which most frameworks pass on as the model's JSON text."""
    return decoded(arguments) or arguments if isinstance(arguments, str) and arguments[:1] == "{" else arguments


def _end_tool(tool: ToolExecution, duration: timedelta, output: object, error: str | None) -> None:
    if error is None:
        tool.complete_success(output_text(output), duration)
    else:
        tool.complete_error(error, duration)
    TOOL_EXECUTIONS.record(tool)
