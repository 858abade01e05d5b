"""What runs here: a session, an agent of it, a tool. Each is recorded when it begins and when it ends.

All are used with ``with``, in coroutines too: they follow the context, and nothing in them waits.
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
from tui_monitor.telemetry.recorder.json_codec import output_of, words
from tui_monitor.telemetry.recorder.record import record_agent, record_persistent, record_start
from tui_monitor.telemetry.recorder.runtime import new_uid, overload
from tui_monitor.telemetry.recorder.scope import Scope, changed, current_scope, opened, scope_override, set_execution
from tui_monitor.telemetry.recorder.settings import working_folder
from tui_monitor.telemetry.statistics.defaults import TOOL_EXECUTIONS

TYPE_CHECKING = False  # as typing's, whose import costs 10 ms
if TYPE_CHECKING:
    from types import TracebackType
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")


_OWNERS = ("self", "cls")


class Running:
    """A tool while it runs; made by `execution`."""

    __slots__ = ("_began", "_execution", "_input", "_outer", "_tool")

    def __init__(self, tool: str, given: object) -> None:
        self._tool = tool
        self._input = given

    def __enter__(self) -> ToolExecution:
        self._execution = ToolExecution.start(self._tool, self._input)
        self._outer = set_execution(self._execution.id)
        record_start(self._execution)
        self._began = time.perf_counter()
        return self._execution

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        execution = self._execution
        taken = timedelta(seconds=time.perf_counter() - self._began)
        set_execution(self._outer)
        if error is not None:
            execution.complete_error(_told_by(error), taken)
        elif execution.error is not None:
            execution.complete_error(execution.error, taken)
        else:
            execution.complete_success(execution.output, taken)
        TOOL_EXECUTIONS.record(execution)
        record_persistent(execution)


def execution(tool_name: str, input: object = None) -> Running:  # noqa: A002  # the documents' name
    """Run a tool under this name: ``with execution("bash", {"command": "ls"}) as exec: exec.output = …``.

    It is recorded as running at once, and as complete when the block ends: failed if that raises (the exception goes
    on its way) or ``exec.error`` was set. What is executed inside is its part.
    """
    return Running(tool_name, input)


@overload
def recorded(tool_name: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def recorded(tool_name: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]: ...  # noqa: F811
def recorded(  # noqa: F811
    tool_name: str | Callable[P, R] = "",
) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorates a tool, a function or coroutine function: each call is an `execution` with its arguments as input and
    its result, as text, as output; of a method, ``self`` is no argument. Without a name (``@recorded`` or
    ``@recorded()``) it is called like the function. Not for generators, which run after the call: use `execution`
    within them."""
    if callable(tool_name):
        return recorded()(tool_name)

    def decorate(tool: Callable[P, R]) -> Callable[P, R]:
        name, arguments = str(tool_name) or getattr(tool, "__name__", "tool"), signature(tool)

        def run(*args: P.args, **kwargs: P.kwargs) -> Running:
            try:
                told = arguments.bind(*args, **kwargs).arguments
                return execution(name, {each: value for each, value in told.items() if each not in _OWNERS})
            except TypeError:  # the call itself will say what is wrong with them
                return execution(name)

        @wraps(tool)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with run(*args, **kwargs) as begun:
                result = tool(*args, **kwargs)
                begun.output = output_of(result)
                return result

        @wraps(tool)
        async def call_async(*args: P.args, **kwargs: P.kwargs) -> object:
            with run(*args, **kwargs) as begun:
                result = await tool(*args, **kwargs)  # type: ignore[misc]  # it is a coroutine function
                begun.output = output_of(result)
                return result

        return call_async if iscoroutinefunction(tool) else call  # type: ignore[return-value]  # R is a coroutine

    return decorate


@contextmanager
def session(
    session_id: str = "", *, title: str = "", cwd: str | os.PathLike[str] = "", version: str = "", client: str = ""
) -> Iterator[str]:
    """A session, in a stream of its own; without an id it gets a new one, which is what ``as`` gives.

    It is completed when the block ends, failed when that raises. Threads that are started inside record in it, too, as
    long as no other session is open in the process.
    """
    name = session_id or f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{new_uid()}"
    content = {"cwd": os.fspath(cwd) or working_folder(), "title": title, "version": version, "client": client}
    with opened(Scope(name)):
        facts: dict[str, object] = {"process_id": os.getpid()}
        yield from _living(name, facts, {key: value for key, value in content.items() if value})


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
    """An agent of the session in force, a child of the agent in force; without an id it gets a new one, which is what
    ``as`` gives. It is completed when the block ends, failed when that raises."""
    name = agent_id or f"{agent_type}-{new_uid()}"
    outer = current_scope()
    scope = changed(outer, {"agent_id": name, "model": model, "plan_id": plan_id, "task_id": task_id})
    facts: dict[str, object] = {
        "agent_type": agent_type,
        "parent_id": outer.agent_id or outer.session_id,
        "process_id": os.getpid(),
        "category": category or None,
    }
    content = {"description": description, "log_file": os.fspath(log_file)}
    with scope_override(scope):
        yield from _living(name, facts, {key: value for key, value in content.items() if value})


def _living(name: str, facts: dict[str, object], content: dict[str, object]) -> Iterator[str]:
    record_agent(name, facts | {"status": "running", "start_time": time.time()}, content)
    status, trouble = "completed", {}
    try:
        yield name
    except BaseException as error:
        if not (isinstance(error, SystemExit) and not error.code):
            status = "failed" if isinstance(error, Exception | SystemExit) else "terminated"
            trouble = {"error_message": _told_by(error)}
        raise
    finally:
        record_agent(name, facts | {"status": status, "end_time": time.time()}, trouble)


def _told_by(error: BaseException) -> str:
    return words(error) or type(error).__name__
