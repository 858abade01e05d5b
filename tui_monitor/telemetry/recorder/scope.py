"""The owner of recorded events: current session, agent, plan and operation, and the current execution.

They follow the context (`contextvars`): a value set in a coroutine or task applies to it and to what it starts, and
nowhere else. A new thread starts without: its events belong to the session open in the process, if there is exactly
one. Started with ``contextvars.copy_context().run`` it keeps the agent, operation and execution too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, replace

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
_open_sessions: list[Scope] = []
_only_session: Scope | None = None


def current_scope() -> Scope:
    """Return the innermost scope of this context, else that of the only open session, else that of the process."""
    return _scope.get() or _only_session or _process_scope


def process_scope() -> Scope:
    """Return the scope of events recorded outside any `session`."""
    return _process_scope


def set_process_session(session_id: str) -> None:
    """Assign events recorded outside any `session` to this session."""
    global _process_scope
    _process_scope = Scope(session_id)


def current_execution() -> int | None:
    """Return the id of the execution running in this context."""
    return _execution.get()


def swap_execution(execution_id: int | None) -> int | None:
    """Set the execution running in this context. Return the previous one."""
    previous = _execution.get()
    _execution.set(execution_id)
    return previous


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
def open_session(scope: Scope) -> Iterator[None]:
    """Use the scope of a session within the block, and count the session as open in the process."""
    _update_open_sessions(_open_sessions.append, scope)
    try:
        with use_scope(scope):
            yield
    finally:
        _update_open_sessions(_open_sessions.remove, scope)


def _update_open_sessions(change: Callable[[Scope], None], scope: Scope) -> None:
    global _only_session
    with LOCK:
        change(scope)
        _only_session = _open_sessions[0] if len(set(_open_sessions)) == 1 else None


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
