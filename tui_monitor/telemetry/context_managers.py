"""Context managers for sessions, agents and tools, and the `recorded` decorator: recorded at start and end.

They work in coroutines too: all follow the context (`contextvars`), and none waits.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from inspect import iscoroutinefunction, signature

from tui_monitor.telemetry.recorder.executions import ToolExecution
from tui_monitor.telemetry.recorder.json_codec import error_text, output_text
from tui_monitor.telemetry.recorder.process import process_facts, runs_in_another_process
from tui_monitor.telemetry.recorder.process_end import add_session, has_ended, set_final_status
from tui_monitor.telemetry.recorder.record import record_agent, record_persistent, record_start
from tui_monitor.telemetry.recorder.runtime import new_uid, overload
from tui_monitor.telemetry.recorder.scope import (
    current_scope,
    derive_scope,
    open_session,
    pop_waited_ms,
    swap_execution,
    use_scope,
)
from tui_monitor.telemetry.recorder.settings import working_directory
from tui_monitor.telemetry.statistics.defaults import TOOL_EXECUTIONS

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from types import TracebackType
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")

_RECEIVERS = ("self", "cls")


class RunningExecution:
    """Context manager of a running tool; made by `execution`."""

    __slots__ = ("_execution", "_input", "_outer", "_start", "_tool_name")

    def __init__(self, tool_name: str, arguments: object) -> None:
        self._tool_name = tool_name
        self._input = arguments

    def __enter__(self) -> ToolExecution:
        self._execution = ToolExecution.start(self._tool_name, self._input)
        self._outer = swap_execution(self._execution.id)
        record_start(self._execution)
        self._start = time.perf_counter()
        return self._execution

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        execution = self._execution
        duration = timedelta(seconds=time.perf_counter() - self._start)
        swap_execution(self._outer)
        if waited_ms := pop_waited_ms(execution.id):
            execution.metadata["waited_ms"] = waited_ms
        if error is not None:
            execution.complete_error(error_text(error), duration)
        elif execution.error is not None:
            execution.complete_error(execution.error, duration)
        else:
            execution.complete_success(execution.output, duration)
        TOOL_EXECUTIONS.record(execution)
        record_persistent(execution)


def execution(tool_name: str, input: object = None) -> RunningExecution:  # noqa: A002  # documented name
    """Record the block as the execution of a tool.

        with execution("bash", {"command": "ls"}) as exec:
            exec.output = …

    The execution is recorded as running at once, and as completed at the end of the block: failed if the block raises
    (the exception propagates) or sets ``exec.error``. Executions started inside it are its children.
    """
    return RunningExecution(tool_name, input)


@overload
def recorded(tool_name: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def recorded(tool_name: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]: ...  # noqa: F811
def recorded(  # noqa: F811
    tool_name: str | Callable[P, R] = "",
) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a tool, a function or coroutine function: each call is recorded as an `execution`.

    Works with and without parentheses. The call's arguments, without ``self``, are the input; its result, as text, is
    the output. The tool's name is by default that of the function. Generators run after the call: use `execution`
    inside them instead.
    """
    if callable(tool_name):
        return recorded()(tool_name)

    def decorate(tool: Callable[P, R]) -> Callable[P, R]:
        name, parameters = str(tool_name) or getattr(tool, "__name__", "tool"), signature(tool)

        def start(*args: P.args, **kwargs: P.kwargs) -> RunningExecution:
            try:
                arguments = parameters.bind(*args, **kwargs).arguments
                return execution(name, {each: value for each, value in arguments.items() if each not in _RECEIVERS})
            except TypeError:  # the call itself will report what is wrong with them
                return execution(name)

        @wraps(tool)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with start(*args, **kwargs) as running:
                result = tool(*args, **kwargs)
                running.output = output_text(result)
                return result

        @wraps(tool)
        async def call_async(*args: P.args, **kwargs: P.kwargs) -> object:
            with start(*args, **kwargs) as running:
                result = await tool(*args, **kwargs)  # type: ignore[misc]  # it is a coroutine function
                running.output = output_text(result)
                return result

        return call_async if iscoroutinefunction(tool) else call  # type: ignore[return-value]  # R is a coroutine

    return decorate


@contextmanager
def session(
    session_id: str = "", *, title: str = "", cwd: str | os.PathLike[str] = "", version: str = "", client: str = ""
) -> Iterator[str]:
    """Record the block as a session, in a stream of its own. Yields the session's id.

    The session is completed at the end of the block, or failed if the block raises. One that is open already, in this
    process or in another one that lives, is joined: the end of the block does not end it. Threads and processes that
    are started inside record to it if it is handed to them (`propagate`, `inject`).

    Args:
        session_id: Id of the session; by default a new one.
        title: Title shown by the monitor.
        cwd: Working directory; by default that of the process.
        version: Version of the agent program.
        client: Name of the agent program.
    """
    name = session_id or f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{new_uid()}"
    content = {"cwd": os.fspath(cwd) or working_directory(), "title": title, "version": version, "client": client}
    given: dict[str, object] = {key: value for key, value in content.items() if value}
    with open_session(name) as is_new:
        if is_new and not (session_id and runs_in_another_process(session_id)):
            add_session(name)
            yield from _record_life(name, process_facts(), given, set_final_status)
        else:
            if title or version or client:
                record_agent(name, {}, given)
            yield name


@contextmanager
def agent(
    agent_type: str,
    agent_id: str = "",
    *,
    description: str = "",
    model: str = "",
    plan_id: str = "",
    task_id: str = "",
    category: str = "",
    log_file: str | os.PathLike[str] = "",
) -> Iterator[str]:
    """Record the block as an agent of the current session, a child of the current agent. Yields the agent's id.

    The agent is completed at the end of the block, or failed if the block raises.

    Args:
        agent_type: Kind of agent, such as ``developer``.
        agent_id: Id of the agent; by default a new one.
        description: Short description of its work.
        model: Model that it uses.
        plan_id: Plan that it works on.
        task_id: Task that it works on.
        category: Group for reports; by default its type.
        log_file: Path of its log.
    """
    name = agent_id or f"{agent_type}-{new_uid()}"
    outer = current_scope()
    scope = derive_scope(outer, {"agent_id": name, "model": model, "plan_id": plan_id, "task_id": task_id})
    facts: dict[str, object] = {
        "agent_type": agent_type,
        "parent_id": outer.agent_id or outer.session_id,
        "category": category or None,
        **process_facts(),
    }
    content = {"description": description, "log_file": os.fspath(log_file)}
    with use_scope(scope):
        yield from _record_life(name, facts, {key: value for key, value in content.items() if value})


def _record_life(
    name: str,
    facts: dict[str, object],
    content: dict[str, object],
    finish: Callable[[str, str], None] = lambda _name, _status: None,
) -> Iterator[str]:
    record_agent(name, facts | {"status": "running", "start_time": time.time()}, content)
    status, failure = "completed", {}
    try:
        yield name
    except BaseException as error:
        if not (isinstance(error, SystemExit) and not error.code):
            status = "failed" if isinstance(error, Exception | SystemExit) else "terminated"
            failure = {"error_message": error_text(error)}
        raise
    finally:
        if not has_ended():
            record_agent(name, facts | {"status": status, "end_time": time.time()}, failure)
            finish(name, status)
