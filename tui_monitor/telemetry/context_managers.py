"""Context managers for sessions, agents and tools, and the `recorded` decorator: recorded at start and end.

They work in coroutines too: all follow the context (`contextvars`), and none waits.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from inspect import Signature, signature

from tui_monitor.telemetry.recorder.executions import ToolExecution
from tui_monitor.telemetry.recorder.json_codec import error_text, output_text, to_text
from tui_monitor.telemetry.recorder.process import process_facts, runs_in_another_process
from tui_monitor.telemetry.recorder.process_end import add_session, has_ended, set_final_status
from tui_monitor.telemetry.recorder.record import record_agent, record_start
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
from tui_monitor.telemetry.recorder.wrapping import ObservedCall, observe_calls
from tui_monitor.telemetry.statistics.defaults import TOOL_EXECUTIONS

TYPE_CHECKING = False  # like typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from inspect import Signature
    from types import TracebackType
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")

_RECEIVERS = ("self", "cls")
_MAX_STREAMED_OUTPUT = 1 << 20
"""Characters kept of what a recorded generator yields."""


class RunningExecution:
    """Context manager of a running tool; made by `execution`."""

    __slots__ = ("_execution", "_inner", "_input", "_outer", "_start", "_tool_name")

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
        self.suspend()
        if waited_ms := pop_waited_ms(execution.id):
            execution.metadata["waited_ms"] = waited_ms
        if error is not None:
            execution.complete_error(error_text(error), duration)
        elif execution.error is not None:
            execution.complete_error(execution.error, duration)
        else:
            execution.complete_success(execution.output, duration)
        TOOL_EXECUTIONS.record(execution)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Record each call of a function; see `recorded`."""
        return recorded(self._tool_name)(function)

    def resume(self) -> None:
        """Make what ran inside it at `suspend` the current execution again."""
        self._outer = swap_execution(self._inner)

    def suspend(self) -> None:
        """Make the execution around it the current one."""
        self._inner = swap_execution(self._outer)


def execution(tool_name: str, input: object = None) -> RunningExecution:  # noqa: A002  # documented name
    """Record the block as the execution of a tool.

        with execution("bash", {"command": "ls"}) as exec:
            exec.output = …

    The execution is recorded as running at once, and as completed at the end of the block: failed if the block raises
    (the exception propagates) or sets ``exec.error``. Executions started inside it are its children.
    """
    return RunningExecution(tool_name, input)


@overload
def tool(name: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def tool(name: str = "", input: object = None) -> RunningExecution: ...  # noqa: A002, F811  # documented name
def tool(  # noqa: F811
    name: str | Callable[P, R] = "",
    input: object = None,  # noqa: A002  # documented name
) -> RunningExecution | Callable[P, R]:
    """Record a tool: a block, or each call of a function.

        with tool("bash", {"command": "ls"}) as call:
            call.output = …

        @tool
        def search(query: str) -> list[str]: …

    As a block it is an `execution`, as a decorator it is `recorded`: ``@tool`` or ``@tool("name")``.

    Args:
        name: Name of the tool; of a function by default its own.
        input: Arguments of the tool, any JSON value.
    """
    return recorded(name) if callable(name) else execution(name, input)


@overload
def recorded(tool_name: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def recorded(tool_name: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]: ...  # noqa: F811
def recorded(  # noqa: F811
    tool_name: str | Callable[P, R] = "",
) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a tool: each call is recorded as an `execution`.

    Works with and without parentheses, on functions, coroutine functions, generators and asynchronous generators, which
    stay what they are. The call's arguments, without ``self``, are the input; its result, as text, is the output. A
    generator runs until it ends or is closed, and its output is what it yields. The tool's name is by default that of
    the function.
    """
    if callable(tool_name):
        return recorded()(tool_name)

    def decorate(tool: Callable[P, R]) -> Callable[P, R]:
        name, parameters = str(tool_name) or getattr(tool, "__name__", "tool"), _signature(tool)

        def begin(*args: P.args, **kwargs: P.kwargs) -> ObservedCall:
            return _ToolCall(execution(name, _arguments(parameters, args, kwargs)))

        return observe_calls(tool, begin)

    return decorate


class _ToolCall(ObservedCall):
    """A call of a recorded tool. Executions of its own code, not of its caller's, are its children."""

    def __init__(self, running: RunningExecution) -> None:
        self._running = running
        self._execution: ToolExecution | None = None
        self._items: list[str] = []
        self._size = 0

    def resume(self) -> None:
        if self._execution is None:
            self._execution = self._running.__enter__()
        else:
            self._running.resume()

    def suspend(self) -> None:
        self._running.suspend()

    def add(self, item: object) -> None:
        if self._size < _MAX_STREAMED_OUTPUT:
            self._items.append(output_text(item) or "")
            self._size += len(self._items[-1])

    def finish(self, result: object) -> None:
        if self._execution is not None:
            self._execution.output = "".join(self._items) if self._items else output_text(result)
        self._running.__exit__(None, None, None)

    def fail(self, error: BaseException) -> None:
        self._running.__exit__(type(error), error, None)


def _signature(tool: Callable[..., object]) -> Signature | None:
    try:
        return signature(tool)
    except (TypeError, ValueError):  # of a function that is not written in Python
        return None


def _arguments(parameters: Signature | None, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
    """Return the arguments by name, without the receiver; None if they do not fit: the call itself will say so."""
    if parameters is None:
        return {"args": args, **kwargs}
    try:
        arguments = parameters.bind(*args, **kwargs).arguments
    except Exception:  # the objects' own code may run here
        return None
    return {name: value for name, value in arguments.items() if name not in _RECEIVERS}


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
    name = to_text(session_id) if session_id else f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{new_uid()}"
    content = {"cwd": _path_text(cwd) or working_directory(), "title": title, "version": version, "client": client}
    given: dict[str, object] = {key: value for key, value in content.items() if value}
    with open_session(name) as is_new:
        if is_new and not (session_id and runs_in_another_process(name)):
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
    kind = to_text(agent_type)
    name = to_text(agent_id) if agent_id else f"{kind}-{new_uid()}"
    outer = current_scope()
    scope = derive_scope(outer, {"agent_id": name, "model": model, "plan_id": plan_id, "task_id": task_id})
    facts: dict[str, object] = {
        "agent_type": kind,
        "parent_id": outer.agent_id or outer.session_id,
        "category": category or None,
        **process_facts(),
    }
    content = {"description": description, "log_file": _path_text(log_file)}
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


def _path_text(path: str | os.PathLike[str]) -> str:
    """Return a path as text, whatever an agent hands in."""
    try:
        return os.fspath(path)
    except Exception:  # the object's own code runs here
        return to_text(path)
