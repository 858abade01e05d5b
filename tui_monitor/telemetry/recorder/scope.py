"""Whose doing is recorded: the session, agent, plan and operation in force, and the execution that is under way.

They follow the context (`contextvars`): what a coroutine or a task sets is in force for it and for what it starts, and
for nobody else. A new thread begins without: what it records is the session's that is open in the process, if there is
one alone. Started with ``contextvars.copy_context().run`` it goes on in agent, operation and execution, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, replace

from tui_monitor.telemetry.recorder.runtime import LOCK, PROCESS_SESSION


@dataclass(frozen=True, slots=True)
class Scope:
    """What every line tells of whose doing it is; an empty text says nothing. ``agent_id`` is empty for the session's
    own agent."""

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
        told = {name: value for name in _NAMES if (value := getattr(self, name))}
        object.__setattr__(self, "envelope", told)


_NAMES = tuple(each.name for each in fields(Scope) if each.init)

_scope: ContextVar[Scope | None] = ContextVar("tui_monitor_scope", default=None)
_execution: ContextVar[int | None] = ContextVar("tui_monitor_execution", default=None)
_process_scope = Scope(PROCESS_SESSION)
_open_sessions: list[Scope] = []
_only_session: Scope | None = None


def current_scope() -> Scope:
    """The scope in force here: the innermost that was entered, else that of the only open session, else that of the
    process."""
    return _scope.get() or _only_session or _process_scope


def process_scope() -> Scope:
    """The scope of what is recorded outside of any `session`."""
    return _process_scope


def current_execution() -> int | None:
    """The id of the execution that is under way here."""
    return _execution.get()


def set_execution(execution: int | None) -> int | None:
    """Another execution is under way here. Returns the one before."""
    before = _execution.get()
    _execution.set(execution)
    return before


def set_process_session(session_id: str) -> None:
    """What is recorded outside of any `session` belongs to this one."""
    global _process_scope
    _process_scope = Scope(session_id)


@contextmanager
def scope_override(scope: Scope) -> Iterator[Scope]:
    """Have this scope in force."""
    before = _scope.get()
    _scope.set(scope)
    try:
        yield scope
    finally:
        # Not by its token: a generator may be closed in another context than it was begun in.
        _scope.set(before)


@contextmanager
def opened(session: Scope) -> Iterator[None]:
    """Have the scope of a session in force, and the session open."""
    _count_open(_open_sessions.append, session)
    try:
        with scope_override(session):
            yield
    finally:
        _count_open(_open_sessions.remove, session)


def _count_open(change: Callable[[Scope], None], session: Scope) -> None:
    global _only_session
    with LOCK:
        change(session)
        _only_session = _open_sessions[0] if len(set(_open_sessions)) == 1 else None


def changed(scope: Scope, told: Mapping[str, str]) -> Scope:
    """The scope with what is told; an empty text leaves what is in force."""
    return replace(scope, **{name: value for name, value in told.items() if value})  # type: ignore[arg-type]


@contextmanager
def operation(
    name: str = "", *, plan_id: str = "", task_id: str = "", model: str = "", provider: str = "", engine_id: str = ""
) -> Iterator[None]:
    """What is recorded here is for this operation, plan or task, and by this model. What is left out stays in force."""
    told = {
        "operation": name,
        "plan_id": plan_id,
        "task_id": task_id,
        "model": model,
        "provider": provider,
        "engine_id": engine_id,
    }
    with scope_override(changed(current_scope(), told)):
        yield
