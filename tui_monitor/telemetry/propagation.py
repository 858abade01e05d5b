"""Handing on of session, agent and execution, to threads, to processes and over the network. Nothing is guessed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import update_wrapper
from inspect import iscoroutine
from typing import Any, Generic, ParamSpec, TypeVar

from tui_monitor.telemetry.recorder.carriers import VARIABLE, read_carrier, write_baggage, write_carrier
from tui_monitor.telemetry.recorder.scope import handed_fields, use_handed_scope
from tui_monitor.telemetry.recorder.settings import configure, current_settings

P = ParamSpec("P")
R = TypeVar("R")


def inject(carrier: MutableMapping[str, str] | None = None) -> MutableMapping[str, str]:
    """Put the current session, agent and execution into a carrier, such as the headers of a request. Return it.

        requests.post(url, headers=tm.inject())

    They are ``traceparent`` and ``baggage`` as W3C Trace Context and Baggage define them. A trace that the carrier has
    is kept, and so is foreign baggage.

    Args:
        carrier: Headers, a message's attributes; a new dict by default.
    """
    carrier = {} if carrier is None else carrier
    write_carrier(carrier, handed_fields())
    return carrier


@contextmanager
def extract(carrier: Mapping[str, str] | None = None) -> Iterator[None]:
    """Record the block in the session, agent and execution that a carrier holds.

        with tm.extract(request.headers), tm.agent("worker"):
            …

    The block ends nothing but itself: the session goes on. Without them in the carrier nothing is changed.

    Args:
        carrier: What `inject` has filled; by default the environment of this process.
    """
    with use_handed_scope(read_carrier(os.environ if carrier is None else carrier)):
        yield


def child_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment for a process that is started: what it records belongs to the current session and agent.

        subprocess.run(["python", "worker.py"], env=tm.child_environment())

    Args:
        environment: The environment to extend; by default that of this process.
    """
    result = dict(os.environ if environment is None else environment)
    result[VARIABLE] = write_baggage(handed_fields())
    if stream := current_settings().stream:
        result["TUI_MONITOR_STREAM"] = os.fspath(stream)
    return result


def propagate(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function bound to the current session, agent and execution, to be called in any thread or process.

    threading.Thread(target=tm.propagate(work)).start()
    pool.submit(tm.propagate(work), task)  # of threads, or of processes: it can be pickled if ``work`` can
    """
    return _Propagated(function)


class _Propagated(Generic[P, R]):
    """A function with the owner of what it records."""

    def __init__(self, function: Callable[P, R]) -> None:
        self._function = function
        self._fields = {name: str(value) for name, value in handed_fields().items()}
        self._process, self._stream = os.getpid(), current_settings().stream
        update_wrapper(self, function, updated=())

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if self._stream and os.getpid() != self._process and current_settings().stream is None:
            configure(stream=self._stream)
        with use_handed_scope(self._fields):
            result = self._function(*args, **kwargs)
        return self._await(result) if iscoroutine(result) else result  # type: ignore[return-value]  # R is a coroutine

    async def _await(self, coroutine: Any) -> Any:
        with use_handed_scope(self._fields):
            return await coroutine


class PropagatingExecutor(Executor):
    """An executor that hands the session, agent and execution of whoever submits a function on to it.

        with tm.PropagatingExecutor(ThreadPoolExecutor()) as pool:
            pool.map(work, tasks)

    Args:
        executor: The executor that runs the functions, of threads or of processes. It is shut down with this one.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Submit a function, bound by `propagate`."""
        return self._executor.submit(propagate(fn), *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Shut the executor down."""
        self._executor.shutdown(wait, cancel_futures=cancel_futures)
