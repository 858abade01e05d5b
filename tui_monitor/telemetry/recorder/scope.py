"""The owner of recorded events: current session, agent, plan and operation, and the current execution.

They follow the context (`contextvars`): a value set in a coroutine or task applies to it and to what it starts, and
nowhere else. A new thread or process starts without, unless they are handed on (`propagate`, `inject` and `extract`, or
``contextvars.copy_context().run`` for a thread); nothing is guessed. What is recorded outside any session belongs to
that of the process.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, replace

from tui_monitor.telemetry.recorder.carriers import VARIABLE, read_baggage
from tui_monitor.telemetry.recorder.runtime import LOCK, PROCESS_SESSION


@dataclass(frozen=True, slots=True)
class Scope:
    """The owner of an event, stamped on its line; empty fields are left out.

    ``agent_id`` is empty for the session's main agent. ``envelope`` holds the non-empty fields, as the line has them.
    """

    session_id: str
    agent_id: str = ""
    plan_id: str = ""
    task_id: str = ""
    model: str = ""
    provider: str = ""
    engine_id: str = ""
    operation: str = ""
    envelope: dict[str, object] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        envelope = {name: value for name in _FIELDS if (value := getattr(self, name))}
        object.__setattr__(self, "envelope", envelope)


_FIELDS = tuple(each.name for each in fields(Scope) if each.init)

_scope: ContextVar[Scope | None] = ContextVar("tui_monitor_scope", default=None)
_execution: ContextVar[int | None] = ContextVar("tui_monitor_execution", default=None)
_process_scope = Scope(PROCESS_SESSION)
_process_execution: int | None = None
_open_sessions: dict[str, int] = {}
"""How often each session is open in this process; one that was handed to it is open."""
_waited_ms: dict[int, int] = {}
_MAX_WAITS = 10_000
"""Executions whose waiting time is remembered: one may never end."""


def current_scope() -> Scope:
    """Return the innermost scope of this context, else that of the process."""
    return _scope.get() or _process_scope


def process_scope() -> Scope:
    """Return the scope of events recorded outside any `session`."""
    return _process_scope


def set_process_session(session_id: str) -> None:
    """Assign events recorded outside any `session` to this session."""
    global _process_scope
    _process_scope = Scope(session_id)


def current_execution() -> int | None:
    """Return the id of the execution running in this context."""
    execution = _execution.get()
    if execution is None and _process_execution and current_scope().session_id == _process_scope.session_id:
        return _process_execution
    return execution


def swap_execution(execution_id: int | None) -> int | None:
    """Set the execution running in this context. Return the previous one."""
    previous = _execution.get()
    _execution.set(execution_id)
    return previous


def add_waited_ms(execution_id: int, waited_ms: int) -> None:
    """Add to the time for which a running execution has waited for a person."""
    with LOCK:
        _waited_ms[execution_id] = _waited_ms.get(execution_id, 0) + waited_ms
        while len(_waited_ms) > _MAX_WAITS:
            del _waited_ms[next(iter(_waited_ms))]


def pop_waited_ms(execution_id: int) -> int:
    """Return the milliseconds for which an execution, which is over now, has waited for a person."""
    return _waited_ms.pop(execution_id, 0) if _waited_ms else 0


@contextmanager
def use_scope(scope: Scope) -> Iterator[Scope]:
    """Use this scope within the block."""
    previous = _scope.get()
    _scope.set(scope)
    try:
        yield scope
    finally:
        # Not reset by token: a generator may be closed in a context other than the one it was started in.
        _scope.set(previous)


@contextmanager
def open_session(session_id: str) -> Iterator[bool]:
    """Open a session within the block. Yield False if it was open in this process already, or was handed to it.

    Its scope is a new one, unless the current one is of this session.
    """
    current = current_scope()
    scope = current if current.session_id == session_id else Scope(session_id)
    is_new = _count_session(session_id, 1) == 1
    try:
        with use_scope(scope):
            yield is_new
    finally:
        _count_session(session_id, -1)


@contextmanager
def use_handed_scope(fields: Mapping[str, str]) -> Iterator[None]:
    """Use the scope and execution with these fields, which another thread or process handed on, within the block;
    without a session nothing is changed."""
    scope, execution_id = scope_of(fields)
    if scope is None:
        yield
        return
    _count_session(scope.session_id, 1)
    outer = swap_execution(execution_id)
    try:
        with use_scope(scope):
            yield
    finally:
        swap_execution(outer)
        _count_session(scope.session_id, -1)


def scope_of(fields: Mapping[str, str]) -> tuple[Scope | None, int | None]:
    """Return the scope and the execution with these fields; None if there is no session among them."""
    if not fields.get("session_id"):
        return None, None
    execution = fields.get("execution", "")
    scope = Scope(**{name: fields[name] for name in _FIELDS if name in fields})
    return scope, int(execution) if execution.isdecimal() else None


def handed_fields() -> dict[str, object]:
    """Return the fields to hand on to another thread or process: those of the current scope, and the execution."""
    execution_id = current_execution()
    return current_scope().envelope | ({} if execution_id is None else {"execution": execution_id})


def is_open(session_id: str) -> bool:
    """Return True if the session is open in this process, or was handed to it."""
    return session_id in _open_sessions


def is_handed(session_id: str) -> bool:
    """Return True if the session was handed to this process by the one that started it."""
    return session_id == _handed_session


def _count_session(session_id: str, change: int) -> int:
    with LOCK:
        count = _open_sessions[session_id] = _open_sessions.get(session_id, 0) + change
        if not count:
            del _open_sessions[session_id]
        return count


def _adopt(text: str) -> str:
    """Take the scope in an environment variable for that of this process. Return its session, empty if it has none."""
    global _process_scope, _process_execution
    scope, execution_id = scope_of(read_baggage(text))
    if scope is None:
        return ""
    _process_scope, _process_execution = scope, execution_id
    _count_session(scope.session_id, 1)
    return scope.session_id


def derive_scope(scope: Scope, overrides: Mapping[str, str]) -> Scope:
    """Return the scope with these fields replaced; empty values leave a field as it is."""
    return replace(scope, **{name: value for name, value in overrides.items() if value})  # type: ignore[arg-type]


@contextmanager
def operation(
    name: str = "", *, plan_id: str = "", task_id: str = "", model: str = "", provider: str = "", engine_id: str = ""
) -> Iterator[None]:
    """Attribute events recorded within the block to this operation, plan, task or model.

    Arguments left empty keep the surrounding value.
    """
    overrides = {
        "operation": name,
        "plan_id": plan_id,
        "task_id": task_id,
        "model": model,
        "provider": provider,
        "engine_id": engine_id,
    }
    with use_scope(derive_scope(current_scope(), overrides)):
        yield


_handed = next(filter(None, map(os.environ.get, (VARIABLE, "BAGGAGE", "baggage"))), "")
_handed_session = _adopt(_handed) if _handed else ""
